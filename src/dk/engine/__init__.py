"""Everything that talks to an engine. The only place that imports the Docker SDK."""
