// htmx would write its own style sheet into the page, which the content policy refuses.
window.htmx.config.includeIndicatorStyles = false;
