"""The one formatter: tables, JSON, quiet ids, explain; progress and questions."""
