
use builtin;
use str;

set edit:completion:arg-completer[watchdog] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'watchdog'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'watchdog'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand cluster 'Clusters of the kubeconfig'
            cand ns 'Namespaces'
            cand hpa 'HorizontalPodAutoscalers'
            cand monitor 'Scan all clusters at an interval; print findings that begin or end, and scaling'
            cand snapshot 'Snapshots of every HPA of every cluster, and what changed between them'
            cand history 'Replicas and metrics over time, from the snapshots'
            cand forward 'Port-forwards that stay up and cannot be orphaned'
            cand supervisor 'The background process that holds port-forwards'
            cand config 'The configuration file'
            cand doctor 'Check what watchdog needs: kubectl, contexts, the local port'
            cand completions 'Print shell completions'
            cand demo 'Embedded demo clusters, on this machine only'
            cand guard 'Run the supervisor, and end its children after it exits'
            cand exec-newest 'Become kubectl, forwarding to the newest ready pod of a target'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;cluster'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'Contexts of the kubeconfig: cluster, server, current, selected'
            cand test 'Ask each API server for its version and readiness'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;cluster;list'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;cluster;test'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;cluster;help'= {
            cand list 'Contexts of the kubeconfig: cluster, server, current, selected'
            cand test 'Ask each API server for its version and readiness'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;cluster;help;list'= {
        }
        &'watchdog;cluster;help;test'= {
        }
        &'watchdog;cluster;help;help'= {
        }
        &'watchdog;ns'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'Namespaces of the scope, after the filters'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;ns;list'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;ns;help'= {
            cand list 'Namespaces of the scope, after the filters'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;ns;help;list'= {
        }
        &'watchdog;ns;help;help'= {
        }
        &'watchdog;hpa'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'Every HPA of every cluster'
            cand ls 'Every HPA of every cluster'
            cand get 'One HPA explained: its metrics, conditions, target and pods'
            cand check 'Find what is wrong with HPAs and what to do; exits 2 where something is'
            cand watch 'Every HPA, refreshed at an interval, with changes marked'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;hpa;list'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -l 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --selector 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --sort-by 'Sort by this field instead of cluster, namespace and name'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --problems 'Only HPAs with an error or a warning'
            cand --no-headers 'No header line (table, wide, csv)'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;hpa;ls'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -l 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --selector 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --sort-by 'Sort by this field instead of cluster, namespace and name'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --problems 'Only HPAs with an error or a warning'
            cand --no-headers 'No header line (table, wide, csv)'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;hpa;get'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;hpa;check'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -l 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --selector 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --fail-on 'Exit with 2 if any finding has at least this severity'
            cand --only 'Only this finding (repeatable)'
            cand --ignore 'Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME (repeatable)'
            cand --baseline 'Leave out the findings that this file accepts'
            cand --write-baseline 'Write the present findings to this file, for --baseline, and print nothing'
            cand --explain 'Explain a finding and what to do; reads no cluster'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;hpa;watch'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -l 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --selector 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --sort-by 'Sort by this field, instead of what has changed in the last minute and what is wrong first'
            cand --interval 'The time from one scan to the next, at least 1s'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --problems 'Only HPAs with an error or a warning, or a change in the last minute'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;hpa;help'= {
            cand list 'Every HPA of every cluster'
            cand get 'One HPA explained: its metrics, conditions, target and pods'
            cand check 'Find what is wrong with HPAs and what to do; exits 2 where something is'
            cand watch 'Every HPA, refreshed at an interval, with changes marked'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;hpa;help;list'= {
        }
        &'watchdog;hpa;help;get'= {
        }
        &'watchdog;hpa;help;check'= {
        }
        &'watchdog;hpa;help;watch'= {
        }
        &'watchdog;hpa;help;help'= {
        }
        &'watchdog;monitor'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -l 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --selector 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --interval 'The time from one scan to the next [default: monitoring.scan_interval_seconds]'
            cand --ignore 'Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME (repeatable)'
            cand --severity 'Print only findings of at least this severity'
            cand --metrics-listen 'Serve metrics at http://ADDRESS/metrics; a loopback address'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --once 'Scan once, print the findings, and exit'
            cand --show-present 'Print each finding that exists at the start, not only a summary (jsonl always has them)'
            cand --actions 'Print what to do below each finding'
            cand --replicas 'Print every HPA''s replicas at each scan, not only what was scaled (jsonl always has them)'
            cand --no-store 'Neither read nor write the history'
            cand --no-forwards 'No forwards to Prometheus and Alertmanager'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand take 'Collect every HPA of every cluster, with its target, into the history'
            cand list 'Snapshots of the history, the newest first'
            cand ls 'Snapshots of the history, the newest first'
            cand show 'The HPAs of one snapshot'
            cand diff 'What changed from one snapshot to another, field by field'
            cand prune 'Delete old snapshots'
            cand export 'A snapshot for other programs, or all since a time'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;snapshot;take'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -l 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand --selector 'Only HPAs with these labels, e.g. app=web,tier!=cache'
            cand -o 'Print the snapshot instead of one line'
            cand --output 'Print the snapshot instead of one line'
            cand --to 'Also write the snapshot to a file, as JSON (atomically)'
            cand --wait 'How long to wait while another run takes a snapshot [default: not at all]'
            cand --keep 'Delete older snapshots, 0 for none [default: history.keep]'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --no-store 'Do not write to the history'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot;list'= {
            cand --since 'Only snapshots at most this old, e.g. 24h'
            cand --limit 'Maximum number to list; 0 lists all'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot;ls'= {
            cand --since 'Only snapshots at most this old, e.g. 24h'
            cand --limit 'Maximum number to list; 0 lists all'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot;show'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -A 'All namespaces, including those that the configuration excludes'
            cand --all-namespaces 'All namespaces, including those that the configuration excludes'
            cand --no-headers 'No header line (table, wide, csv)'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot;diff'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --spec 'Only settings: no replicas, readings or conditions'
            cand --exit-code 'Exit 2 if they differ, 3 if they cannot be compared completely'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot;prune'= {
            cand --keep 'Delete what is older; the newest snapshot always stays [default: history.keep]'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot;export'= {
            cand --since 'All snapshots at most this old, oldest first (jsonl, csv)'
            cand --to 'Write to a file instead (atomically)'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;snapshot;help'= {
            cand take 'Collect every HPA of every cluster, with its target, into the history'
            cand list 'Snapshots of the history, the newest first'
            cand show 'The HPAs of one snapshot'
            cand diff 'What changed from one snapshot to another, field by field'
            cand prune 'Delete old snapshots'
            cand export 'A snapshot for other programs, or all since a time'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;snapshot;help;take'= {
        }
        &'watchdog;snapshot;help;list'= {
        }
        &'watchdog;snapshot;help;show'= {
        }
        &'watchdog;snapshot;help;diff'= {
        }
        &'watchdog;snapshot;help;prune'= {
        }
        &'watchdog;snapshot;help;export'= {
        }
        &'watchdog;snapshot;help;help'= {
        }
        &'watchdog;history'= {
            cand -n 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --namespace 'Only these namespaces: a name, a glob or a /regex/ (repeatable)'
            cand --since 'How far back, e.g. 30m or 7d [default: 24h, or as far as there is something]'
            cand --html 'Write the charts to a file as an HTML page instead'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --ascii 'Draw with ASCII characters only [default: where the locale is not UTF-8]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand start 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d'
            cand run 'Run a command with port-forwards up, and end them after it'
            cand list 'List port-forwards: state, endpoint, use, lease holders'
            cand ls 'List port-forwards: state, endpoint, use, lease holders'
            cand status 'All details of port-forwards'
            cand endpoint 'Print a port-forward''s endpoint: http://127.0.0.1:PORT'
            cand env 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"'
            cand heartbeat 'Keep a port-forward alive that was started with --require-heartbeat'
            cand logs 'The output of a port-forward''s kubectl'
            cand why 'Explain a port-forward: its history, and what to do'
            cand restart 'End a port-forward''s kubectl and start another; the local port stays'
            cand stop 'Stop port-forwards, even if others hold leases'
            cand reap 'End processes that a killed supervisor left behind'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;forward;start'= {
            cand -n 'The namespace [default: the forward''s, else the context''s, else `default`]'
            cand --namespace 'The namespace [default: the forward''s, else the context''s, else `default`]'
            cand --idle 'Idle timeout: suspend, or stop if unleased, after DUR without a connection; 0 for never [default: 5m]'
            cand --address 'Addresses to listen on: IP addresses of this machine, or localhost; beyond loopback, other machines reach the cluster through it [default: 127.0.0.1 and ::1]'
            cand --wait 'Wait first for a ready pod of the target (kubectl also takes one that is not ready)'
            cand --ready-timeout 'How long to wait until it is ready'
            cand --pod-selection 'Which pod of a Service or workload: the one that kubectl takes, which has been ready for longest, or the newest ready one, for two reads more at each start: kubectl, newest [default: kubectl]'
            cand --isolate 'Which connections get a kubectl of their own, so that one that is reset cuts no other: auto, always, never [default: auto]'
            cand --keepalive 'Send TCP keep-alives to clients every so often; 0 for never [default: 0]'
            cand --local-port 'The local port, an error if it is taken; 0 for any free one [default: 55553, else the next free one]'
            cand --name 'The forward''s name'
            cand --owner-pid 'With -d: end it when this process ends'
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --all 'Every forward of the config'
            cand --retry-idempotent 'Send an idempotent HTTP request such as GET or PUT again where kubectl ended before an answer came'
            cand -d 'Return once it is ready, and print the endpoint'
            cand --detach 'Return once it is ready, and print the endpoint'
            cand --require-heartbeat 'With -d: end it when `forward heartbeat` has not been run for the heartbeat timeout (30s)'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;run'= {
            cand -n 'The namespace [default: the forward''s, else the context''s, else `default`]'
            cand --namespace 'The namespace [default: the forward''s, else the context''s, else `default`]'
            cand --idle 'Idle timeout: suspend, or stop if unleased, after DUR without a connection; 0 for never [default: 5m]'
            cand --address 'Addresses to listen on: IP addresses of this machine, or localhost; beyond loopback, other machines reach the cluster through it [default: 127.0.0.1 and ::1]'
            cand --wait 'Wait first for a ready pod of the target (kubectl also takes one that is not ready)'
            cand --ready-timeout 'How long to wait until it is ready'
            cand --pod-selection 'Which pod of a Service or workload: the one that kubectl takes, which has been ready for longest, or the newest ready one, for two reads more at each start: kubectl, newest [default: kubectl]'
            cand --isolate 'Which connections get a kubectl of their own, so that one that is reset cuts no other: auto, always, never [default: auto]'
            cand --keepalive 'Send TCP keep-alives to clients every so often; 0 for never [default: 0]'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --all 'Every forward of the config'
            cand --retry-idempotent 'Send an idempotent HTTP request such as GET or PUT again where kubectl ended before an answer came'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;list'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;ls'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;status'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;endpoint'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;env'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;heartbeat'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;logs'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand -f 'Keep printing new output'
            cand --follow 'Keep printing new output'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;why'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;restart'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;stop'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --all 'All of them'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;reap'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;forward;help'= {
            cand start 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d'
            cand run 'Run a command with port-forwards up, and end them after it'
            cand list 'List port-forwards: state, endpoint, use, lease holders'
            cand status 'All details of port-forwards'
            cand endpoint 'Print a port-forward''s endpoint: http://127.0.0.1:PORT'
            cand env 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"'
            cand heartbeat 'Keep a port-forward alive that was started with --require-heartbeat'
            cand logs 'The output of a port-forward''s kubectl'
            cand why 'Explain a port-forward: its history, and what to do'
            cand restart 'End a port-forward''s kubectl and start another; the local port stays'
            cand stop 'Stop port-forwards, even if others hold leases'
            cand reap 'End processes that a killed supervisor left behind'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;forward;help;start'= {
        }
        &'watchdog;forward;help;run'= {
        }
        &'watchdog;forward;help;list'= {
        }
        &'watchdog;forward;help;status'= {
        }
        &'watchdog;forward;help;endpoint'= {
        }
        &'watchdog;forward;help;env'= {
        }
        &'watchdog;forward;help;heartbeat'= {
        }
        &'watchdog;forward;help;logs'= {
        }
        &'watchdog;forward;help;why'= {
        }
        &'watchdog;forward;help;restart'= {
        }
        &'watchdog;forward;help;stop'= {
        }
        &'watchdog;forward;help;reap'= {
        }
        &'watchdog;forward;help;help'= {
        }
        &'watchdog;supervisor'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand run 'Run the supervisor here, in the foreground (it is otherwise started on demand)'
            cand status 'Show whether the supervisor runs, since when, and its forwards'
            cand stop 'Stop the supervisor and every port-forward'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;supervisor;run'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;supervisor;status'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;supervisor;stop'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;supervisor;help'= {
            cand run 'Run the supervisor here, in the foreground (it is otherwise started on demand)'
            cand status 'Show whether the supervisor runs, since when, and its forwards'
            cand stop 'Stop the supervisor and every port-forward'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;supervisor;help;run'= {
        }
        &'watchdog;supervisor;help;status'= {
        }
        &'watchdog;supervisor;help;stop'= {
        }
        &'watchdog;supervisor;help;help'= {
        }
        &'watchdog;config'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Write the configuration with every key, its default and a comment'
            cand show 'Print the configuration in force, defaults filled in'
            cand validate 'Check a configuration file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;config;init'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --force 'Overwrite an existing file'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;config;show'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;config;validate'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;config;help'= {
            cand init 'Write the configuration with every key, its default and a comment'
            cand show 'Print the configuration in force, defaults filled in'
            cand validate 'Check a configuration file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;config;help;init'= {
        }
        &'watchdog;config;help;show'= {
        }
        &'watchdog;config;help;validate'= {
        }
        &'watchdog;config;help;help'= {
        }
        &'watchdog;doctor'= {
            cand -o 'Output format'
            cand --output 'Output format'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --prove 'Instead: run a scratch supervisor on the demo cluster, kill its processes with SIGKILL, and show that nothing survives'
            cand --ask 'Also read each cluster''s identity (the uid of kube-system), to find one that has two names'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;completions'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --dynamic 'Completions that also offer contexts, namespaces and forwards. Source them at shell start rather than saving them: source <(watchdog completions bash --dynamic)'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;demo'= {
            cand --clusters 'How many clusters'
            cand --hpas 'How many HPAs in each'
            cand --path-prefix 'Serve them behind one port, each below this path and its name, as Rancher does; another cluster answers at the root'
            cand --runtime 'Forward to pods as this container runtime does: its errors, its resets, its half-closes'
            cand --target 'Connect a pod''s port, or that of a workload''s pods, to a local listener (repeatable)'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --broken 'Add a cluster that is down, one that never answers and one that forbids'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;guard'= {
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;exec-newest'= {
            cand --namespace 'namespace'
            cand --exact-context 'The context, which `--context` would take for a pattern'
            cand --target 'target'
            cand --port 'port'
            cand --kubeconfig 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config'
            cand --context 'Only these contexts: a name, a glob or a /regex/ (repeatable)'
            cand --cluster 'Only these clusters, by the kubeconfig''s name for them (repeatable)'
            cand --config 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml'
            cand --kubectl 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH'
            cand --timeout 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]'
            cand --deadline 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]'
            cand --color 'When to colour [default: auto]'
            cand --current 'Only the current context'
            cand -v 'Print what is run to stderr (-vv: more)'
            cand --verbose 'Print what is run to stderr (-vv: more)'
            cand -q 'No progress and no notes on stderr, only errors'
            cand --quiet 'No progress and no notes on stderr, only errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'watchdog;help'= {
            cand cluster 'Clusters of the kubeconfig'
            cand ns 'Namespaces'
            cand hpa 'HorizontalPodAutoscalers'
            cand monitor 'Scan all clusters at an interval; print findings that begin or end, and scaling'
            cand snapshot 'Snapshots of every HPA of every cluster, and what changed between them'
            cand history 'Replicas and metrics over time, from the snapshots'
            cand forward 'Port-forwards that stay up and cannot be orphaned'
            cand supervisor 'The background process that holds port-forwards'
            cand config 'The configuration file'
            cand doctor 'Check what watchdog needs: kubectl, contexts, the local port'
            cand completions 'Print shell completions'
            cand demo 'Embedded demo clusters, on this machine only'
            cand guard 'Run the supervisor, and end its children after it exits'
            cand exec-newest 'Become kubectl, forwarding to the newest ready pod of a target'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'watchdog;help;cluster'= {
            cand list 'Contexts of the kubeconfig: cluster, server, current, selected'
            cand test 'Ask each API server for its version and readiness'
        }
        &'watchdog;help;cluster;list'= {
        }
        &'watchdog;help;cluster;test'= {
        }
        &'watchdog;help;ns'= {
            cand list 'Namespaces of the scope, after the filters'
        }
        &'watchdog;help;ns;list'= {
        }
        &'watchdog;help;hpa'= {
            cand list 'Every HPA of every cluster'
            cand get 'One HPA explained: its metrics, conditions, target and pods'
            cand check 'Find what is wrong with HPAs and what to do; exits 2 where something is'
            cand watch 'Every HPA, refreshed at an interval, with changes marked'
        }
        &'watchdog;help;hpa;list'= {
        }
        &'watchdog;help;hpa;get'= {
        }
        &'watchdog;help;hpa;check'= {
        }
        &'watchdog;help;hpa;watch'= {
        }
        &'watchdog;help;monitor'= {
        }
        &'watchdog;help;snapshot'= {
            cand take 'Collect every HPA of every cluster, with its target, into the history'
            cand list 'Snapshots of the history, the newest first'
            cand show 'The HPAs of one snapshot'
            cand diff 'What changed from one snapshot to another, field by field'
            cand prune 'Delete old snapshots'
            cand export 'A snapshot for other programs, or all since a time'
        }
        &'watchdog;help;snapshot;take'= {
        }
        &'watchdog;help;snapshot;list'= {
        }
        &'watchdog;help;snapshot;show'= {
        }
        &'watchdog;help;snapshot;diff'= {
        }
        &'watchdog;help;snapshot;prune'= {
        }
        &'watchdog;help;snapshot;export'= {
        }
        &'watchdog;help;history'= {
        }
        &'watchdog;help;forward'= {
            cand start 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d'
            cand run 'Run a command with port-forwards up, and end them after it'
            cand list 'List port-forwards: state, endpoint, use, lease holders'
            cand status 'All details of port-forwards'
            cand endpoint 'Print a port-forward''s endpoint: http://127.0.0.1:PORT'
            cand env 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"'
            cand heartbeat 'Keep a port-forward alive that was started with --require-heartbeat'
            cand logs 'The output of a port-forward''s kubectl'
            cand why 'Explain a port-forward: its history, and what to do'
            cand restart 'End a port-forward''s kubectl and start another; the local port stays'
            cand stop 'Stop port-forwards, even if others hold leases'
            cand reap 'End processes that a killed supervisor left behind'
        }
        &'watchdog;help;forward;start'= {
        }
        &'watchdog;help;forward;run'= {
        }
        &'watchdog;help;forward;list'= {
        }
        &'watchdog;help;forward;status'= {
        }
        &'watchdog;help;forward;endpoint'= {
        }
        &'watchdog;help;forward;env'= {
        }
        &'watchdog;help;forward;heartbeat'= {
        }
        &'watchdog;help;forward;logs'= {
        }
        &'watchdog;help;forward;why'= {
        }
        &'watchdog;help;forward;restart'= {
        }
        &'watchdog;help;forward;stop'= {
        }
        &'watchdog;help;forward;reap'= {
        }
        &'watchdog;help;supervisor'= {
            cand run 'Run the supervisor here, in the foreground (it is otherwise started on demand)'
            cand status 'Show whether the supervisor runs, since when, and its forwards'
            cand stop 'Stop the supervisor and every port-forward'
        }
        &'watchdog;help;supervisor;run'= {
        }
        &'watchdog;help;supervisor;status'= {
        }
        &'watchdog;help;supervisor;stop'= {
        }
        &'watchdog;help;config'= {
            cand init 'Write the configuration with every key, its default and a comment'
            cand show 'Print the configuration in force, defaults filled in'
            cand validate 'Check a configuration file'
        }
        &'watchdog;help;config;init'= {
        }
        &'watchdog;help;config;show'= {
        }
        &'watchdog;help;config;validate'= {
        }
        &'watchdog;help;doctor'= {
        }
        &'watchdog;help;completions'= {
        }
        &'watchdog;help;demo'= {
        }
        &'watchdog;help;guard'= {
        }
        &'watchdog;help;exec-newest'= {
        }
        &'watchdog;help;help'= {
        }
    ]
    $completions[$command]
}
