# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_watchdog_global_optspecs
    string join \n n/namespace= A/all-namespaces kubeconfig= context= cluster= cluster-label= current as= as-group= as-uid= config= kubectl= timeout= deadline= v/verbose q/quiet color= h/help V/version
end

function __fish_watchdog_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_watchdog_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_watchdog_using_subcommand
    set -l cmd (__fish_watchdog_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c watchdog -n "__fish_watchdog_needs_command" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_needs_command" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_needs_command" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_needs_command" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_needs_command" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_needs_command" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_needs_command" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_needs_command" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_needs_command" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "cluster" -d 'Clusters of the kubeconfig'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "ns" -d 'Namespaces'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "hpa" -d 'HorizontalPodAutoscalers'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "monitor" -d 'Scan all clusters at an interval; print findings that begin or end, and scaling'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "snapshot" -d 'Snapshots of every HPA of every cluster, and what changed between them'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "history" -d 'Replicas and metrics over time, from the snapshots'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "forward" -d 'Port-forwards that stay up and cannot be orphaned'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "supervisor" -d 'The background process that holds port-forwards'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "config" -d 'The configuration file'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "doctor" -d 'Check what watchdog needs: kubectl, contexts, the local port'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "demo" -d 'Embedded demo clusters, on this machine only'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "guard" -d 'Run the supervisor, and end its children after it exits'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "exec-newest" -d 'Become kubectl, forwarding to the newest ready pod of a target'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "list" -d 'hpa list'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "get" -d 'hpa list'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "describe" -d 'hpa get'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "check" -d 'hpa check'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "watch" -d 'hpa watch'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "explain" -d 'hpa check --explain ID'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "diff" -d 'snapshot diff'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "version" -d 'The version'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -f -a "list" -d 'Contexts of the kubeconfig: cluster, server, current, selected'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -f -a "ls" -d 'Contexts of the kubeconfig: cluster, server, current, selected'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -f -a "test" -d 'Ask each API server for its version and readiness'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list ls test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from help" -f -a "list" -d 'Contexts of the kubeconfig: cluster, server, current, selected'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from help" -f -a "test" -d 'Ask each API server for its version and readiness'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -f -a "list" -d 'Namespaces of the scope, after the filters'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -f -a "ls" -d 'Namespaces of the scope, after the filters'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list ls help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from help" -f -a "list" -d 'Namespaces of the scope, after the filters'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -f -a "list" -d 'Every HPA of every cluster'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -f -a "ls" -d 'Every HPA of every cluster'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -f -a "get" -d 'One HPA explained: its metrics, conditions, target and pods'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -f -a "check" -d 'Find what is wrong with HPAs and what to do; exits 2 where something is'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -f -a "watch" -d 'Every HPA, refreshed at an interval, with changes marked'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get check watch help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l sort-by -d 'Sort by this field instead of cluster, namespace and name' -r -f -a "cluster\t'Cluster, namespace, name'
namespace\t'Namespace, then name, across clusters'
name\t'Name, across clusters and namespaces'
reference\t'The target\'s kind and name'
replicas\t'Most replicas first'
min\t'Smallest minimum first'
max\t'Largest maximum first'
status\t'Errors first, then warnings'
age\t'Youngest first'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
wide\t'A table with more columns'
json\t'One JSON document'
jsonl\t'One JSON object a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values'
name\t'CLUSTER/NAMESPACE/NAME, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s L -l label-columns -d 'A column for the value of this label (repeatable; table, wide, csv)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l problems -d 'Only HPAs with an error or a warning'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l no-headers -d 'No header line (table, wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s w -l watch -d 'Keep showing the list, as hpa watch does'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l show-labels -d 'A column of all labels (table, wide)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l sort-by -d 'Sort by this field instead of cluster, namespace and name' -r -f -a "cluster\t'Cluster, namespace, name'
namespace\t'Namespace, then name, across clusters'
name\t'Name, across clusters and namespaces'
reference\t'The target\'s kind and name'
replicas\t'Most replicas first'
min\t'Smallest minimum first'
max\t'Largest maximum first'
status\t'Errors first, then warnings'
age\t'Youngest first'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
wide\t'A table with more columns'
json\t'One JSON document'
jsonl\t'One JSON object a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values'
name\t'CLUSTER/NAMESPACE/NAME, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s L -l label-columns -d 'A column for the value of this label (repeatable; table, wide, csv)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l problems -d 'Only HPAs with an error or a warning'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l no-headers -d 'No header line (table, wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s w -l watch -d 'Keep showing the list, as hpa watch does'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l show-labels -d 'A column of all labels (table, wide)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l print-kubectl -d 'Print the kubectl lines to go on with instead: describe, target, pods, usage, events'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s f -l filename -l file -d 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l severity -d 'Show only findings of at least this severity; the exit code goes by --fail-on all the same' -r -f -a "error\t''
warning\t''
info\t''"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l fail-on -d 'Exit with 2 if any finding has at least this severity [default: check.fail_on, error]' -r -f -a "error\t''
warning\t''
info\t''
never\t''"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l only -d 'Only these findings: an id, a glob, or several with commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l ignore -d 'Leave out findings: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; added to check.ignore (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l baseline -d 'Leave out the findings that this file accepts [default: check.baseline]' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l write-baseline -d 'Write the present findings to this file, for --baseline, and print nothing' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l explain -d 'Explain a finding and what to do, or list those that a glob matches; all without an ID. Reads no cluster' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l by -d 'What to group by in a table [default: hpa; on a terminal, where many HPAs have findings: finding]' -r -f -a "hpa\t'HPA by HPA, the worst first'
finding\t'Finding by finding, the worst last'
cluster\t'Cluster by cluster, the worst last'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format' -r -f -a "table\t'Text, grouped as --by says'
wide\t'A table with a line per finding'
json\t'One JSON document'
jsonl\t'One JSON object per finding, one a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values, a line per finding'
name\t'CLUSTER/NAMESPACE/NAME of each HPA with findings'
md\t'A Markdown table, for a comment on a pull request'
junit\t'JUnit XML, a test case per HPA'
sarif\t'SARIF 2.1.0'
github\t'GitHub Actions annotations'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l fail-on-empty -d 'Exit with 1 if no HPA was checked'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l all -d 'Name all HPAs of a group, not only the first few (a pipe always gets all)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l not-evaluated -d 'List the rules that could not be evaluated, with the reasons, instead of their number'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l no-headers -d 'No header line (wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l sort-by -d 'Sort by this field, instead of what has changed in the last minute and what is wrong first' -r -f -a "cluster\t'Cluster, namespace, name'
namespace\t'Namespace, then name, across clusters'
name\t'Name, across clusters and namespaces'
reference\t'The target\'s kind and name'
replicas\t'Most replicas first'
min\t'Smallest minimum first'
max\t'Largest maximum first'
status\t'Errors first, then warnings'
age\t'Youngest first'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l interval -d 'The time from one scan to the next, at least 1s' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s o -l output -d 'Output format' -r -f -a "table\t'A screen (arrows scroll, / filters, q quits); where stdin or stdout is no terminal, a line a change'
jsonl\t'A JSON object a change; the first scan gives what is there'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l problems -d 'Only HPAs with an error or a warning, or a change in the last minute'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from watch" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from help" -f -a "list" -d 'Every HPA of every cluster'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from help" -f -a "get" -d 'One HPA explained: its metrics, conditions, target and pods'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from help" -f -a "check" -d 'Find what is wrong with HPAs and what to do; exits 2 where something is'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from help" -f -a "watch" -d 'Every HPA, refreshed at an interval, with changes marked'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l interval -d 'The time from one scan to the next [default: monitoring.scan_interval_seconds]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l ignore -d 'Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l severity -d 'Print only findings of at least this severity' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
info\t'All findings'"
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l metrics-listen -d 'Serve metrics at http://ADDRESS/metrics, e.g. 127.0.0.1:9095, [::1]:9095 or :9095 (all addresses). What other machines can reach needs a token or --metrics-open' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l metrics-token-file -d 'Serve metrics only to requests with the token in this file, instead of $WATCHDOG_METRICS_TOKEN (Authorization: Bearer)' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s o -l output -d 'Output format' -r -f -a "text\t'Text, a line per event'
jsonl\t'A JSON object a line: scans with every HPA\'s replicas, findings that begin and end'"
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l once -d 'Scan once, print the findings, and exit'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l show-present -d 'Print each finding that exists at the start, not only a summary (jsonl always has them)'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l actions -d 'Print what to do below each finding'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l replicas -d 'Print every HPA\'s replicas at each scan, not only what was scaled (jsonl always has them)'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l no-store -d 'Neither read nor write the history'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l no-forwards -d 'No forwards to Prometheus and Alertmanager'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l metrics-open -d 'Serve metrics to everybody who can reach the address'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand monitor" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "take" -d 'Collect every HPA of every cluster, with its target, into the history'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "list" -d 'Snapshots of the history, the newest first'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "ls" -d 'Snapshots of the history, the newest first'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "show" -d 'The HPAs of one snapshot'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "diff" -d 'What changed from one snapshot to another, field by field'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "prune" -d 'Delete old snapshots'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "export" -d 'A snapshot for other programs, or all since a time'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and not __fish_seen_subcommand_from take list ls show diff prune export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s o -l output -d 'Print the snapshot instead of one line' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l to -d 'Also write the snapshot to a file, as JSON (atomically)' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l wait -d 'How long to wait while another run takes a snapshot [default: not at all]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l keep -d 'Delete older snapshots, 0 for none [default: history.keep]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l no-store -d 'Do not write to the history'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from take" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l since -d 'Only snapshots at most this old, e.g. 24h' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l limit -d 'Maximum number to list; 0 lists all' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l since -d 'Only snapshots at most this old, e.g. 24h' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l limit -d 'Maximum number to list; 0 lists all' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
wide\t'A table with more columns'
json\t'One JSON document'
jsonl\t'One JSON object a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values'
name\t'CLUSTER/NAMESPACE/NAME, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l no-headers -d 'No header line (table, wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l spec -d 'Only settings: no replicas, readings or conditions'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l exit-code -d 'Exit 2 if they differ, 3 if they cannot be compared completely'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from diff" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l keep -d 'Delete what is older, 0 for nothing; the newest snapshot always stays [default: history.keep]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from prune" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l since -d 'All snapshots at most this old, oldest first (jsonl, csv)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l to -d 'Write to a file instead (atomically)' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -s o -l output -d 'Output format [default: json; with --since, jsonl]' -r -f -a "json\t'One JSON document'
jsonl\t'One JSON object a line, for each HPA of each snapshot'
csv\t'Comma-separated values, a line for each HPA of each snapshot'
openmetrics\t'For Prometheus, such as node_exporter\'s textfile collector'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from help" -f -a "take" -d 'Collect every HPA of every cluster, with its target, into the history'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from help" -f -a "list" -d 'Snapshots of the history, the newest first'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from help" -f -a "show" -d 'The HPAs of one snapshot'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from help" -f -a "diff" -d 'What changed from one snapshot to another, field by field'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Delete old snapshots'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from help" -f -a "export" -d 'A snapshot for other programs, or all since a time'
complete -c watchdog -n "__fish_watchdog_using_subcommand snapshot; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l since -d 'How far back, e.g. 30m or 7d [default: 24h, or as far as there is something]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l html -d 'Write the charts to a file as an HTML page instead' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -s o -l output -d 'Output format' -r -f -a "chart\t'Charts'
table\t'A line for each change'
json\t'One JSON document'
csv\t'Comma-separated values, a line for each reading'"
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l ascii -d 'Draw with ASCII characters only [default: where the locale is not UTF-8]'
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand history" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "start" -d 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "run" -d 'Run a command with port-forwards up, and end them after it'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "list" -d 'List port-forwards: state, endpoint, use, lease holders'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "ls" -d 'List port-forwards: state, endpoint, use, lease holders'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "status" -d 'All details of port-forwards'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "endpoint" -d 'Print a port-forward\'s endpoint: http://127.0.0.1:PORT'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "env" -d 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "heartbeat" -d 'Keep a port-forward alive that was started with --require-heartbeat'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "logs" -d 'The output of a port-forward\'s kubectl'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "why" -d 'Explain a port-forward: its history, and what to do'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "restart" -d 'End a port-forward\'s kubectl and start another; the local port stays'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "stop" -d 'Stop port-forwards, even if others hold leases'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "reap" -d 'End processes that a killed supervisor left behind'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and not __fish_seen_subcommand_from start run list ls status endpoint env heartbeat logs why restart stop reap help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l idle -d 'Idle timeout: suspend, or stop if unleased, after DUR without a connection; 0 for never [default: 5m]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l address -d 'Addresses to listen on: IP addresses of this machine, or localhost; beyond loopback, other machines reach the cluster through it [default: 127.0.0.1 and ::1]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l wait -d 'Wait first for a ready pod of the target (kubectl also takes one that is not ready)' -r -f -a "pod\t'A pod that is ready and not being deleted'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l ready-timeout -d 'How long to wait until it is ready' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l pod-selection -d 'Which pod of a Service or workload: the one that kubectl takes, which has been ready for longest, or the newest ready one, for two reads more at each start: kubectl, newest [default: kubectl]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l isolate -d 'Which connections get a kubectl of their own, so that one that is reset cuts no other: auto, always, never [default: auto]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l keepalive -d 'Send TCP keep-alives to clients every so often; 0 for never [default: 0]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l local-port -d 'The local port, an error if it is taken; 0 for any free one [default: 55553, else the next free one]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l name -d 'The forward\'s name' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l owner-pid -d 'With -d: end it when this process ends' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s o -l output -d 'Output format' -r -f -a "text\t'Text: a status line updated in place, or a line per event; with -d the endpoint'
json\t'The document of `forward list -o json`, once all are ready'
jsonl\t'One JSON object an event'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s n -l namespace -d 'The namespace [default: the forward\'s, else the context\'s, else `default`]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l all -d 'Every forward of the config'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l retry-idempotent -d 'Send an idempotent HTTP request such as GET or PUT again where kubectl ended before an answer came'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s d -l detach -d 'Return once it is ready, and print the endpoint'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l require-heartbeat -d 'With -d: end it when `forward heartbeat` has not been run for the heartbeat timeout (30s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from start" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l idle -d 'Idle timeout: suspend, or stop if unleased, after DUR without a connection; 0 for never [default: 5m]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l address -d 'Addresses to listen on: IP addresses of this machine, or localhost; beyond loopback, other machines reach the cluster through it [default: 127.0.0.1 and ::1]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l wait -d 'Wait first for a ready pod of the target (kubectl also takes one that is not ready)' -r -f -a "pod\t'A pod that is ready and not being deleted'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l ready-timeout -d 'How long to wait until it is ready' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l pod-selection -d 'Which pod of a Service or workload: the one that kubectl takes, which has been ready for longest, or the newest ready one, for two reads more at each start: kubectl, newest [default: kubectl]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l isolate -d 'Which connections get a kubectl of their own, so that one that is reset cuts no other: auto, always, never [default: auto]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l keepalive -d 'Send TCP keep-alives to clients every so often; 0 for never [default: 0]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -s n -l namespace -d 'The namespace [default: the forward\'s, else the context\'s, else `default`]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l all -d 'Every forward of the config'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l retry-idempotent -d 'Send an idempotent HTTP request such as GET or PUT again where kubectl ended before an answer came'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from run" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
wide\t'A table with more columns'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
wide\t'A table with more columns'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from endpoint" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from env" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from heartbeat" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Keep printing new output'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from logs" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from why" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from restart" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l all -d 'All of them'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from stop" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from reap" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "start" -d 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "run" -d 'Run a command with port-forwards up, and end them after it'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "list" -d 'List port-forwards: state, endpoint, use, lease holders'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "status" -d 'All details of port-forwards'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "endpoint" -d 'Print a port-forward\'s endpoint: http://127.0.0.1:PORT'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "env" -d 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "heartbeat" -d 'Keep a port-forward alive that was started with --require-heartbeat'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "logs" -d 'The output of a port-forward\'s kubectl'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "why" -d 'Explain a port-forward: its history, and what to do'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "restart" -d 'End a port-forward\'s kubectl and start another; the local port stays'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Stop port-forwards, even if others hold leases'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "reap" -d 'End processes that a killed supervisor left behind'
complete -c watchdog -n "__fish_watchdog_using_subcommand forward; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -f -a "run" -d 'Run the supervisor here, in the foreground (it is otherwise started on demand)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -f -a "status" -d 'Show whether the supervisor runs, since when, and its forwards'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -f -a "stop" -d 'Stop the supervisor and every port-forward'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and not __fish_seen_subcommand_from run status stop help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from run" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from stop" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from help" -f -a "run" -d 'Run the supervisor here, in the foreground (it is otherwise started on demand)'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show whether the supervisor runs, since when, and its forwards'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Stop the supervisor and every port-forward'
complete -c watchdog -n "__fish_watchdog_using_subcommand supervisor; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -f -a "init" -d 'Write the configuration with every key, its default and a comment'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -f -a "show" -d 'Print the configuration in force, defaults filled in'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -f -a "validate" -d 'Check a configuration file'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l force -d 'Overwrite an existing file'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write the configuration with every key, its default and a comment'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print the configuration in force, defaults filled in'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "validate" -d 'Check a configuration file'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l prove -d 'Instead: run a scratch supervisor on the demo cluster, kill its processes with SIGKILL, and show that nothing survives'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l ask -d 'Also read each cluster\'s identity (the uid of kube-system), to find one that has two names'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l dynamic -d 'Completions that also offer contexts, namespaces and forwards. Source them at shell start rather than saving them: source <(watchdog completions bash --dynamic)'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l clusters -d 'How many clusters' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l hpas -d 'How many HPAs in each' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l path-prefix -d 'Serve them behind one port, each below this path and its name, as Rancher does; another cluster answers at the root' -r -f
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l runtime -d 'Forward to pods as this container runtime does: its errors, its resets, its half-closes' -r -f -a "containerd\t'containerd 1.5 and newer'
cri-o\t'CRI-O 1.19 and newer'
dockershim\t'Docker through socat: Kubernetes up to 1.23, and cri-dockerd'"
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l target -d 'Connect a pod\'s port, or that of a workload\'s pods, to a local listener (repeatable)' -r -f
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l broken -d 'Add a cluster that is down, one that never answers and one that forbids'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand guard" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l exact-context -d 'The context, which `--context` would take for a pattern' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l target -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l port -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand exec-newest" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l sort-by -d 'Sort by this field instead of cluster, namespace and name' -r -f -a "cluster\t'Cluster, namespace, name'
namespace\t'Namespace, then name, across clusters'
name\t'Name, across clusters and namespaces'
reference\t'The target\'s kind and name'
replicas\t'Most replicas first'
min\t'Smallest minimum first'
max\t'Largest maximum first'
status\t'Errors first, then warnings'
age\t'Youngest first'"
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
wide\t'A table with more columns'
json\t'One JSON document'
jsonl\t'One JSON object a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values'
name\t'CLUSTER/NAMESPACE/NAME, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s L -l label-columns -d 'A column for the value of this label (repeatable; table, wide, csv)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l problems -d 'Only HPAs with an error or a warning'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l no-headers -d 'No header line (table, wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s w -l watch -d 'Keep showing the list, as hpa watch does'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l show-labels -d 'A column of all labels (table, wide)'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l sort-by -d 'Sort by this field instead of cluster, namespace and name' -r -f -a "cluster\t'Cluster, namespace, name'
namespace\t'Namespace, then name, across clusters'
name\t'Name, across clusters and namespaces'
reference\t'The target\'s kind and name'
replicas\t'Most replicas first'
min\t'Smallest minimum first'
max\t'Largest maximum first'
status\t'Errors first, then warnings'
age\t'Youngest first'"
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s o -l output -d 'Output format' -r -f -a "table\t'A table'
wide\t'A table with more columns'
json\t'One JSON document'
jsonl\t'One JSON object a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values'
name\t'CLUSTER/NAMESPACE/NAME, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s L -l label-columns -d 'A column for the value of this label (repeatable; table, wide, csv)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l problems -d 'Only HPAs with an error or a warning'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l no-headers -d 'No header line (table, wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s w -l watch -d 'Keep showing the list, as hpa watch does'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l show-labels -d 'A column of all labels (table, wide)'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand get" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand describe" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s f -l filename -l file -d 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l severity -d 'Show only findings of at least this severity; the exit code goes by --fail-on all the same' -r -f -a "error\t''
warning\t''
info\t''"
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l fail-on -d 'Exit with 2 if any finding has at least this severity [default: check.fail_on, error]' -r -f -a "error\t''
warning\t''
info\t''
never\t''"
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l only -d 'Only these findings: an id, a glob, or several with commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l ignore -d 'Leave out findings: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; added to check.ignore (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l baseline -d 'Leave out the findings that this file accepts [default: check.baseline]' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l write-baseline -d 'Write the present findings to this file, for --baseline, and print nothing' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l explain -d 'Explain a finding and what to do, or list those that a glob matches; all without an ID. Reads no cluster' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l by -d 'What to group by in a table [default: hpa; on a terminal, where many HPAs have findings: finding]' -r -f -a "hpa\t'HPA by HPA, the worst first'
finding\t'Finding by finding, the worst last'
cluster\t'Cluster by cluster, the worst last'"
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s o -l output -d 'Output format' -r -f -a "table\t'Text, grouped as --by says'
wide\t'A table with a line per finding'
json\t'One JSON document'
jsonl\t'One JSON object per finding, one a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values, a line per finding'
name\t'CLUSTER/NAMESPACE/NAME of each HPA with findings'
md\t'A Markdown table, for a comment on a pull request'
junit\t'JUnit XML, a test case per HPA'
sarif\t'SARIF 2.1.0'
github\t'GitHub Actions annotations'"
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l fail-on-empty -d 'Exit with 1 if no HPA was checked'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l all -d 'Name all HPAs of a group, not only the first few (a pipe always gets all)'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l not-evaluated -d 'List the rules that could not be evaluated, with the reasons, instead of their number'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l no-headers -d 'No header line (wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand check" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s l -l selector -d 'Only HPAs with these labels, e.g. app=web,tier!=cache' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l sort-by -d 'Sort by this field, instead of what has changed in the last minute and what is wrong first' -r -f -a "cluster\t'Cluster, namespace, name'
namespace\t'Namespace, then name, across clusters'
name\t'Name, across clusters and namespaces'
reference\t'The target\'s kind and name'
replicas\t'Most replicas first'
min\t'Smallest minimum first'
max\t'Largest maximum first'
status\t'Errors first, then warnings'
age\t'Youngest first'"
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l interval -d 'The time from one scan to the next, at least 1s' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s o -l output -d 'Output format' -r -f -a "table\t'A screen (arrows scroll, / filters, q quits); where stdin or stdout is no terminal, a line a change'
jsonl\t'A JSON object a change; the first scan gives what is there'"
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l problems -d 'Only HPAs with an error or a warning, or a change in the last minute'
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand watch" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand explain" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l spec -d 'Only settings: no replicas, readings or conditions'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l exit-code -d 'Exit 2 if they differ, 3 if they cannot be compared completely'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand diff" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -s o -l output -d 'Output format' -r -f -a "text\t'Text'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -s n -l namespace -d 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l context -d 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l cluster -d 'Only these clusters, in the same forms, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l cluster-label -d 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l as -d 'Act as this user of the cluster, as kubectl\'s --as: every read and every forward' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l as-group -d 'Act as a member of this group (repeatable; with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l as-uid -d 'Act with this uid (with --as)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l deadline -d 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l client -d 'As `--version` prints it, whatever kubectl would ask'
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -s A -l all-namespaces -d 'All namespaces, including those that the configuration excludes; -n has no effect'
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -s v -l verbose -d 'Print what is run to stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand version" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "cluster" -d 'Clusters of the kubeconfig'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "ns" -d 'Namespaces'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "hpa" -d 'HorizontalPodAutoscalers'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "monitor" -d 'Scan all clusters at an interval; print findings that begin or end, and scaling'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "snapshot" -d 'Snapshots of every HPA of every cluster, and what changed between them'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "history" -d 'Replicas and metrics over time, from the snapshots'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "forward" -d 'Port-forwards that stay up and cannot be orphaned'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "supervisor" -d 'The background process that holds port-forwards'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "config" -d 'The configuration file'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "doctor" -d 'Check what watchdog needs: kubectl, contexts, the local port'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "completions" -d 'Print shell completions'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "demo" -d 'Embedded demo clusters, on this machine only'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "guard" -d 'Run the supervisor, and end its children after it exits'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "exec-newest" -d 'Become kubectl, forwarding to the newest ready pod of a target'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "list" -d 'hpa list'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "get" -d 'hpa list'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "describe" -d 'hpa get'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "check" -d 'hpa check'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "watch" -d 'hpa watch'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "explain" -d 'hpa check --explain ID'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "diff" -d 'snapshot diff'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "version" -d 'The version'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and not __fish_seen_subcommand_from cluster ns hpa monitor snapshot history forward supervisor config doctor completions demo guard exec-newest list get describe check watch explain diff version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from cluster" -f -a "list" -d 'Contexts of the kubeconfig: cluster, server, current, selected'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from cluster" -f -a "test" -d 'Ask each API server for its version and readiness'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from ns" -f -a "list" -d 'Namespaces of the scope, after the filters'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from hpa" -f -a "list" -d 'Every HPA of every cluster'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from hpa" -f -a "get" -d 'One HPA explained: its metrics, conditions, target and pods'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from hpa" -f -a "check" -d 'Find what is wrong with HPAs and what to do; exits 2 where something is'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from hpa" -f -a "watch" -d 'Every HPA, refreshed at an interval, with changes marked'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from snapshot" -f -a "take" -d 'Collect every HPA of every cluster, with its target, into the history'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from snapshot" -f -a "list" -d 'Snapshots of the history, the newest first'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from snapshot" -f -a "show" -d 'The HPAs of one snapshot'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from snapshot" -f -a "diff" -d 'What changed from one snapshot to another, field by field'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from snapshot" -f -a "prune" -d 'Delete old snapshots'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from snapshot" -f -a "export" -d 'A snapshot for other programs, or all since a time'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "start" -d 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "run" -d 'Run a command with port-forwards up, and end them after it'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "list" -d 'List port-forwards: state, endpoint, use, lease holders'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "status" -d 'All details of port-forwards'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "endpoint" -d 'Print a port-forward\'s endpoint: http://127.0.0.1:PORT'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "env" -d 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "heartbeat" -d 'Keep a port-forward alive that was started with --require-heartbeat'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "logs" -d 'The output of a port-forward\'s kubectl'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "why" -d 'Explain a port-forward: its history, and what to do'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "restart" -d 'End a port-forward\'s kubectl and start another; the local port stays'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "stop" -d 'Stop port-forwards, even if others hold leases'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from forward" -f -a "reap" -d 'End processes that a killed supervisor left behind'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from supervisor" -f -a "run" -d 'Run the supervisor here, in the foreground (it is otherwise started on demand)'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from supervisor" -f -a "status" -d 'Show whether the supervisor runs, since when, and its forwards'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from supervisor" -f -a "stop" -d 'Stop the supervisor and every port-forward'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "init" -d 'Write the configuration with every key, its default and a comment'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Print the configuration in force, defaults filled in'
complete -c watchdog -n "__fish_watchdog_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "validate" -d 'Check a configuration file'
