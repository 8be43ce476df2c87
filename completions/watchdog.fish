complete --keep-order --exclusive --command watchdog --arguments "(WATCHDOG_COMPLETE=fish watchdog -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
