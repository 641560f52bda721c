"""The commands: flags to options to a plan or a report. They decide nothing."""
