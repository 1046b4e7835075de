"""All summaries together: who shares what, who runs with whom, where the windows are."""
