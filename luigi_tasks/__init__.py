"""When and where: Luigi tasks that know months and paths, and start the jobs that know how."""
