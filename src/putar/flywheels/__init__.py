"""The shipped flywheels, how a flywheel's folder is read, and how its story is checked."""
