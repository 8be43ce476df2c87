# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_watchdog_global_optspecs
    string join \n kubeconfig= context= cluster= current config= kubectl= timeout= v/verbose q/quiet color= h/help V/version
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

complete -c watchdog -n "__fish_watchdog_needs_command" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_needs_command" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_needs_command" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_needs_command" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_needs_command" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_needs_command" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_needs_command" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_needs_command" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_needs_command" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "cluster" -d 'Clusters of the kubeconfig'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "ns" -d 'Namespaces'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "hpa" -d 'HorizontalPodAutoscalers'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "config" -d 'The configuration file'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "doctor" -d 'Check what watchdog needs: kubectl, contexts, the local port'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c watchdog -n "__fish_watchdog_needs_command" -f -a "demo" -d 'Embedded demo clusters: nothing outside this machine'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -f -a "list" -d 'Contexts of the kubeconfig: cluster, server, which is current, which are read'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and not __fish_seen_subcommand_from list test" -f -a "test" -d 'Ask each API server for its version and readiness'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s o -l output -d 'The form of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s o -l output -d 'The form of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand cluster; and __fish_seen_subcommand_from test" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and not __fish_seen_subcommand_from list" -f -a "list" -d 'Namespaces of the scope, after the filters'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Only these namespaces: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s o -l output -d 'The form of the output' -r -f -a "table\t'Columns for people'
json\t'One JSON document'
yaml\t'The JSON document as YAML'
name\t'Names, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces, those too that the configuration excludes'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand ns; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -f -a "list" -d 'Every HPA of every cluster'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -f -a "ls" -d 'Every HPA of every cluster'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and not __fish_seen_subcommand_from list ls get" -f -a "get" -d 'One HPA explained: what it wants, what it sees, its target and pods'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Only these namespaces: a name, a glob or a /regex/ (repeatable)' -r
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
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s o -l output -d 'The form of the output' -r -f -a "table\t'Columns for people'
wide\t'More columns'
json\t'One JSON document'
jsonl\t'One JSON object a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values'
name\t'CLUSTER/NAMESPACE/NAME, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces, those too that the configuration excludes'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l problems -d 'Only HPAs whose status is not OK'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l no-headers -d 'No header line (table, wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Only these namespaces: a name, a glob or a /regex/ (repeatable)' -r
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
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s o -l output -d 'The form of the output' -r -f -a "table\t'Columns for people'
wide\t'More columns'
json\t'One JSON document'
jsonl\t'One JSON object a line'
yaml\t'The JSON document as YAML'
csv\t'Comma-separated values'
name\t'CLUSTER/NAMESPACE/NAME, one a line'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces, those too that the configuration excludes'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l problems -d 'Only HPAs whose status is not OK'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l no-headers -d 'No header line (table, wide, csv)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s n -l namespace -d 'Only these namespaces: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s o -l output -d 'The form of the output' -r -f -a "text\t'For people'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s A -l all-namespaces -d 'All namespaces, those too that the configuration excludes'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand hpa; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -f -a "init" -d 'Write the configuration with every key, its default and a comment'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -f -a "show" -d 'Print the configuration in force, defaults filled in'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and not __fish_seen_subcommand_from init show validate" -f -a "validate" -d 'Check a configuration file'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l force -d 'Overwrite a file that is there'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand config; and __fish_seen_subcommand_from validate" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s o -l output -d 'The form of the output' -r -f -a "text\t'For people'
json\t'One JSON document'
yaml\t'The JSON document as YAML'"
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand completions" -s V -l version -d 'Print version'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l clusters -d 'How many clusters' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l hpas -d 'How many HPAs in each' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l kubeconfig -d 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l context -d 'Only these contexts: a name, a glob or a /regex/ (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l cluster -d 'Only these clusters, by the kubeconfig\'s name for them (repeatable)' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l config -d 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l kubectl -d 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH' -r -F
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l timeout -d 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]' -r
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l color -d 'When to colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l broken -d 'Add a cluster that is down, one that never answers and one that forbids'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -l current -d 'Only the current context'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s v -l verbose -d 'Say what is run on stderr (-vv: more)'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s q -l quiet -d 'No progress and no notes on stderr, only errors'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c watchdog -n "__fish_watchdog_using_subcommand demo" -s V -l version -d 'Print version'
