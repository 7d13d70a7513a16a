"""Routes of the order center."""

from django.urls import path

from apps.orders.api import following, views

urlpatterns = [
    path("quotes", views.Quotes.as_view(), name="quotes"),
    path("orders", views.Orders.as_view(), name="orders"),
    path("orders/<key:number>", views.OneOrder.as_view(), name="order"),
    path("orders/<key:number>/payments", following.OrderPayments.as_view(), name="order-payments"),
    path("orders/<key:number>/cancel", following.OrderCancellation.as_view(), name="order-cancel"),
]
