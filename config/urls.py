"""Every route of the platform."""

from csp.decorators import csp_update
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from apps.common import api, converters, health  # noqa: F401 - converters registers <key:…>
from apps.common.throttling import ByAddress
from apps.org.offices.sites import head_office, portal
from config import errors

API = [
    "apps.orders.api.urls",  # first: routes are tried in order, and a sale is the hot one
    "apps.payments.api.urls",
    "apps.members.api.urls",
    "apps.products.api.urls",
    "apps.loyalty.api.urls",
    "apps.org.api.urls",
    "apps.accounts.api.urls",
]
DOCS = csp_update(settings.DOCS_POLICY)(SpectacularSwaggerView.as_view(url_name="schema"))
handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.server_error
urlpatterns: list[URLResolver | URLPattern] = [
    path("api/v1/", include([path("", include(routes)) for routes in API])),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", head_office.urls),
    path("portal/", portal.urls),
    path("api/schema/", SpectacularAPIView.as_view(throttle_classes=[ByAddress]), name="schema"),
    path("api/docs/", DOCS, name="docs"),
    re_path(r"^api/", api.not_found),
    path("i18n/", include("django.conf.urls.i18n")),
]
