"""Every route of the platform."""

urlpatterns = []
