"""What the course needs of any JupyterHub; accounts, spawner and address are yours, or JupyterHub's own."""

import sys

c = get_config()  # noqa: F821  JupyterHub provides it
# With the student's rights: copies of the lessons that are missing, then the server.
c.Spawner.cmd = [sys.executable, "-P", "-m", "course_utils.publishing.hub.student"]
c.Spawner.notebook_dir = "~/cnn-course"
c.Spawner.default_url = "/lab/tree/00_start_here.ipynb"
c.Spawner.start_timeout = c.Spawner.http_timeout = 5 * 60  # seconds: a whole class logs in at once
c.Spawner.args = [  # what nobody uses ends: kernels and terminals first, then the server
    f"--MappingKernelManager.cull_idle_timeout={30 * 60}",
    "--MappingKernelManager.cull_interval=60",
    "--MappingKernelManager.cull_connected=True",
    f"--TerminalManager.cull_inactive_timeout={30 * 60}",
    "--TerminalManager.cull_interval=60",
    f"--ServerApp.shutdown_no_activity_timeout={60 * 60}",
]
