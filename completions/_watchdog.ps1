
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'watchdog' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'watchdog'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'watchdog' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('cluster', 'cluster', [CompletionResultType]::ParameterValue, 'Clusters of the kubeconfig')
            [CompletionResult]::new('ns', 'ns', [CompletionResultType]::ParameterValue, 'Namespaces')
            [CompletionResult]::new('hpa', 'hpa', [CompletionResultType]::ParameterValue, 'HorizontalPodAutoscalers')
            [CompletionResult]::new('monitor', 'monitor', [CompletionResultType]::ParameterValue, 'Scan all clusters at an interval; print findings that begin or end, and scaling')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Snapshots of every HPA of every cluster, and what changed between them')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Replicas and metrics over time, from the snapshots')
            [CompletionResult]::new('forward', 'forward', [CompletionResultType]::ParameterValue, 'Port-forwards that stay up and cannot be orphaned')
            [CompletionResult]::new('supervisor', 'supervisor', [CompletionResultType]::ParameterValue, 'The background process that holds port-forwards')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'The configuration file')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check what watchdog needs: kubectl, contexts, the local port')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print shell completions')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Embedded demo clusters, on this machine only')
            [CompletionResult]::new('guard', 'guard', [CompletionResultType]::ParameterValue, 'Run the supervisor, and end its children after it exits')
            [CompletionResult]::new('exec-newest', 'exec-newest', [CompletionResultType]::ParameterValue, 'Become kubectl, forwarding to the newest ready pod of a target')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'hpa list')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'hpa list')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'hpa get')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'hpa check')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'hpa watch')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'hpa check --explain ID')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'snapshot diff')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'The version')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;cluster' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Contexts of the kubeconfig: cluster, server, current, selected')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'Contexts of the kubeconfig: cluster, server, current, selected')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Ask each API server for its version and readiness')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;cluster;list' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;cluster;ls' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;cluster;test' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;cluster;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Contexts of the kubeconfig: cluster, server, current, selected')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Ask each API server for its version and readiness')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;cluster;help;list' {
            break
        }
        'watchdog;cluster;help;test' {
            break
        }
        'watchdog;cluster;help;help' {
            break
        }
        'watchdog;ns' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Namespaces of the scope, after the filters')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'Namespaces of the scope, after the filters')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;ns;list' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;ns;ls' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;ns;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Namespaces of the scope, after the filters')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;ns;help;list' {
            break
        }
        'watchdog;ns;help;help' {
            break
        }
        'watchdog;hpa' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Every HPA of every cluster')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'Every HPA of every cluster')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One HPA explained: its metrics, conditions, target and pods')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what is wrong with HPAs and what to do; exits 2 where something is')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Every HPA, refreshed at an interval, with changes marked')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;hpa;list' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by this field instead of cluster, namespace and name')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-L', '-L ', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('--label-columns', '--label-columns', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--problems', '--problems', [CompletionResultType]::ParameterName, 'Only HPAs with an error or a warning')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'No header line (table, wide, csv)')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--show-labels', '--show-labels', [CompletionResultType]::ParameterName, 'A column of all labels (table, wide)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;hpa;ls' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by this field instead of cluster, namespace and name')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-L', '-L ', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('--label-columns', '--label-columns', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--problems', '--problems', [CompletionResultType]::ParameterName, 'Only HPAs with an error or a warning')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'No header line (table, wide, csv)')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--show-labels', '--show-labels', [CompletionResultType]::ParameterName, 'A column of all labels (table, wide)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;hpa;get' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--print-kubectl', '--print-kubectl', [CompletionResultType]::ParameterName, 'Print the kubectl lines to go on with instead: describe, target, pods, usage, events')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;hpa;check' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Show only findings of at least this severity; the exit code goes by --fail-on all the same')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 2 if any finding has at least this severity [default: check.fail_on, error]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these findings: an id, a glob, or several with commas (repeatable)')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave out findings: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; added to check.ignore (repeatable)')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Leave out the findings that this file accepts [default: check.baseline]')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write the present findings to this file, for --baseline, and print nothing')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Explain a finding and what to do, or list those that a glob matches; all without an ID. Reads no cluster')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'What to group by in a table [default: hpa; on a terminal, where many HPAs have findings: finding]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--fail-on-empty', '--fail-on-empty', [CompletionResultType]::ParameterName, 'Exit with 1 if no HPA was checked')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Name all HPAs of a group, not only the first few (a pipe always gets all)')
            [CompletionResult]::new('--not-evaluated', '--not-evaluated', [CompletionResultType]::ParameterName, 'List the rules that could not be evaluated, with the reasons, instead of their number')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'No header line (wide, csv)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;hpa;watch' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by this field, instead of what has changed in the last minute and what is wrong first')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'The time from one scan to the next, at least 1s')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--problems', '--problems', [CompletionResultType]::ParameterName, 'Only HPAs with an error or a warning, or a change in the last minute')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;hpa;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Every HPA of every cluster')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One HPA explained: its metrics, conditions, target and pods')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what is wrong with HPAs and what to do; exits 2 where something is')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Every HPA, refreshed at an interval, with changes marked')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;hpa;help;list' {
            break
        }
        'watchdog;hpa;help;get' {
            break
        }
        'watchdog;hpa;help;check' {
            break
        }
        'watchdog;hpa;help;watch' {
            break
        }
        'watchdog;hpa;help;help' {
            break
        }
        'watchdog;monitor' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'The time from one scan to the next [default: monitoring.scan_interval_seconds]')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME (repeatable)')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Print only findings of at least this severity')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Serve metrics at http://ADDRESS/metrics, e.g. 127.0.0.1:9095, [::1]:9095 or :9095 (all addresses). What other machines can reach needs a token or --metrics-open')
            [CompletionResult]::new('--metrics-token-file', '--metrics-token-file', [CompletionResultType]::ParameterName, 'Serve metrics only to requests with the token in this file, instead of $WATCHDOG_METRICS_TOKEN (Authorization: Bearer)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Scan once, print the findings, and exit')
            [CompletionResult]::new('--show-present', '--show-present', [CompletionResultType]::ParameterName, 'Print each finding that exists at the start, not only a summary (jsonl always has them)')
            [CompletionResult]::new('--actions', '--actions', [CompletionResultType]::ParameterName, 'Print what to do below each finding')
            [CompletionResult]::new('--replicas', '--replicas', [CompletionResultType]::ParameterName, 'Print every HPA''s replicas at each scan, not only what was scaled (jsonl always has them)')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Neither read nor write the history')
            [CompletionResult]::new('--no-forwards', '--no-forwards', [CompletionResultType]::ParameterName, 'No forwards to Prometheus and Alertmanager')
            [CompletionResult]::new('--metrics-open', '--metrics-open', [CompletionResultType]::ParameterName, 'Serve metrics to everybody who can reach the address')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('take', 'take', [CompletionResultType]::ParameterValue, 'Collect every HPA of every cluster, with its target, into the history')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Snapshots of the history, the newest first')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'Snapshots of the history, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'The HPAs of one snapshot')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'What changed from one snapshot to another, field by field')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Delete old snapshots')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'A snapshot for other programs, or all since a time')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;snapshot;take' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the snapshot instead of one line')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the snapshot instead of one line')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Also write the snapshot to a file, as JSON (atomically)')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait while another run takes a snapshot [default: not at all]')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Delete older snapshots, 0 for none [default: history.keep]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--no-store', '--no-store', [CompletionResultType]::ParameterName, 'Do not write to the history')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot;list' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only snapshots at most this old, e.g. 24h')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Maximum number to list; 0 lists all')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot;ls' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only snapshots at most this old, e.g. 24h')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Maximum number to list; 0 lists all')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot;show' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'No header line (table, wide, csv)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot;diff' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--spec', '--spec', [CompletionResultType]::ParameterName, 'Only settings: no replicas, readings or conditions')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit 2 if they differ, 3 if they cannot be compared completely')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot;prune' {
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Delete what is older, 0 for nothing; the newest snapshot always stays [default: history.keep]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot;export' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'All snapshots at most this old, oldest first (jsonl, csv)')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Write to a file instead (atomically)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: json; with --since, jsonl]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: json; with --since, jsonl]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;snapshot;help' {
            [CompletionResult]::new('take', 'take', [CompletionResultType]::ParameterValue, 'Collect every HPA of every cluster, with its target, into the history')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Snapshots of the history, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'The HPAs of one snapshot')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'What changed from one snapshot to another, field by field')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Delete old snapshots')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'A snapshot for other programs, or all since a time')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;snapshot;help;take' {
            break
        }
        'watchdog;snapshot;help;list' {
            break
        }
        'watchdog;snapshot;help;show' {
            break
        }
        'watchdog;snapshot;help;diff' {
            break
        }
        'watchdog;snapshot;help;prune' {
            break
        }
        'watchdog;snapshot;help;export' {
            break
        }
        'watchdog;snapshot;help;help' {
            break
        }
        'watchdog;history' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'How far back, e.g. 30m or 7d [default: 24h, or as far as there is something]')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Write the charts to a file as an HTML page instead')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--ascii', '--ascii', [CompletionResultType]::ParameterName, 'Draw with ASCII characters only [default: where the locale is not UTF-8]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with port-forwards up, and end them after it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List port-forwards: state, endpoint, use, lease holders')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List port-forwards: state, endpoint, use, lease holders')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'All details of port-forwards')
            [CompletionResult]::new('endpoint', 'endpoint', [CompletionResultType]::ParameterValue, 'Print a port-forward''s endpoint: http://127.0.0.1:PORT')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"')
            [CompletionResult]::new('heartbeat', 'heartbeat', [CompletionResultType]::ParameterValue, 'Keep a port-forward alive that was started with --require-heartbeat')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'The output of a port-forward''s kubectl')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Explain a port-forward: its history, and what to do')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'End a port-forward''s kubectl and start another; the local port stays')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop port-forwards, even if others hold leases')
            [CompletionResult]::new('reap', 'reap', [CompletionResultType]::ParameterValue, 'End processes that a killed supervisor left behind')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;forward;start' {
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Idle timeout: suspend, or stop if unleased, after DUR without a connection; 0 for never [default: 5m]')
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'Addresses to listen on: IP addresses of this machine, or localhost; beyond loopback, other machines reach the cluster through it [default: 127.0.0.1 and ::1]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait first for a ready pod of the target (kubectl also takes one that is not ready)')
            [CompletionResult]::new('--ready-timeout', '--ready-timeout', [CompletionResultType]::ParameterName, 'How long to wait until it is ready')
            [CompletionResult]::new('--pod-selection', '--pod-selection', [CompletionResultType]::ParameterName, 'Which pod of a Service or workload: the one that kubectl takes, which has been ready for longest, or the newest ready one, for two reads more at each start: kubectl, newest [default: kubectl]')
            [CompletionResult]::new('--isolate', '--isolate', [CompletionResultType]::ParameterName, 'Which connections get a kubectl of their own, so that one that is reset cuts no other: auto, always, never [default: auto]')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Send TCP keep-alives to clients every so often; 0 for never [default: 0]')
            [CompletionResult]::new('--local-port', '--local-port', [CompletionResultType]::ParameterName, 'The local port, an error if it is taken; 0 for any free one [default: 55553, else the next free one]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The forward''s name')
            [CompletionResult]::new('--owner-pid', '--owner-pid', [CompletionResultType]::ParameterName, 'With -d: end it when this process ends')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace [default: the forward''s, else the context''s, else `default`]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace [default: the forward''s, else the context''s, else `default`]')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every forward of the config')
            [CompletionResult]::new('--retry-idempotent', '--retry-idempotent', [CompletionResultType]::ParameterName, 'Send an idempotent HTTP request such as GET or PUT again where kubectl ended before an answer came')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Return once it is ready, and print the endpoint')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'Return once it is ready, and print the endpoint')
            [CompletionResult]::new('--require-heartbeat', '--require-heartbeat', [CompletionResultType]::ParameterName, 'With -d: end it when `forward heartbeat` has not been run for the heartbeat timeout (30s)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;run' {
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Idle timeout: suspend, or stop if unleased, after DUR without a connection; 0 for never [default: 5m]')
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'Addresses to listen on: IP addresses of this machine, or localhost; beyond loopback, other machines reach the cluster through it [default: 127.0.0.1 and ::1]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait first for a ready pod of the target (kubectl also takes one that is not ready)')
            [CompletionResult]::new('--ready-timeout', '--ready-timeout', [CompletionResultType]::ParameterName, 'How long to wait until it is ready')
            [CompletionResult]::new('--pod-selection', '--pod-selection', [CompletionResultType]::ParameterName, 'Which pod of a Service or workload: the one that kubectl takes, which has been ready for longest, or the newest ready one, for two reads more at each start: kubectl, newest [default: kubectl]')
            [CompletionResult]::new('--isolate', '--isolate', [CompletionResultType]::ParameterName, 'Which connections get a kubectl of their own, so that one that is reset cuts no other: auto, always, never [default: auto]')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Send TCP keep-alives to clients every so often; 0 for never [default: 0]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace [default: the forward''s, else the context''s, else `default`]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace [default: the forward''s, else the context''s, else `default`]')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every forward of the config')
            [CompletionResult]::new('--retry-idempotent', '--retry-idempotent', [CompletionResultType]::ParameterName, 'Send an idempotent HTTP request such as GET or PUT again where kubectl ended before an answer came')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;list' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;ls' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;status' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;endpoint' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;env' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;heartbeat' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;logs' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Keep printing new output')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Keep printing new output')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;why' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;restart' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;stop' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All of them')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;reap' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;forward;help' {
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with port-forwards up, and end them after it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List port-forwards: state, endpoint, use, lease holders')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'All details of port-forwards')
            [CompletionResult]::new('endpoint', 'endpoint', [CompletionResultType]::ParameterValue, 'Print a port-forward''s endpoint: http://127.0.0.1:PORT')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"')
            [CompletionResult]::new('heartbeat', 'heartbeat', [CompletionResultType]::ParameterValue, 'Keep a port-forward alive that was started with --require-heartbeat')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'The output of a port-forward''s kubectl')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Explain a port-forward: its history, and what to do')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'End a port-forward''s kubectl and start another; the local port stays')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop port-forwards, even if others hold leases')
            [CompletionResult]::new('reap', 'reap', [CompletionResultType]::ParameterValue, 'End processes that a killed supervisor left behind')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;forward;help;start' {
            break
        }
        'watchdog;forward;help;run' {
            break
        }
        'watchdog;forward;help;list' {
            break
        }
        'watchdog;forward;help;status' {
            break
        }
        'watchdog;forward;help;endpoint' {
            break
        }
        'watchdog;forward;help;env' {
            break
        }
        'watchdog;forward;help;heartbeat' {
            break
        }
        'watchdog;forward;help;logs' {
            break
        }
        'watchdog;forward;help;why' {
            break
        }
        'watchdog;forward;help;restart' {
            break
        }
        'watchdog;forward;help;stop' {
            break
        }
        'watchdog;forward;help;reap' {
            break
        }
        'watchdog;forward;help;help' {
            break
        }
        'watchdog;supervisor' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run the supervisor here, in the foreground (it is otherwise started on demand)')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether the supervisor runs, since when, and its forwards')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the supervisor and every port-forward')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;supervisor;run' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;supervisor;status' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;supervisor;stop' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;supervisor;help' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run the supervisor here, in the foreground (it is otherwise started on demand)')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether the supervisor runs, since when, and its forwards')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the supervisor and every port-forward')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;supervisor;help;run' {
            break
        }
        'watchdog;supervisor;help;status' {
            break
        }
        'watchdog;supervisor;help;stop' {
            break
        }
        'watchdog;supervisor;help;help' {
            break
        }
        'watchdog;config' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write the configuration with every key, its default and a comment')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the configuration in force, defaults filled in')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check a configuration file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;config;init' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite an existing file')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;config;show' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;config;validate' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;config;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write the configuration with every key, its default and a comment')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the configuration in force, defaults filled in')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check a configuration file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;config;help;init' {
            break
        }
        'watchdog;config;help;show' {
            break
        }
        'watchdog;config;help;validate' {
            break
        }
        'watchdog;config;help;help' {
            break
        }
        'watchdog;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--prove', '--prove', [CompletionResultType]::ParameterName, 'Instead: run a scratch supervisor on the demo cluster, kill its processes with SIGKILL, and show that nothing survives')
            [CompletionResult]::new('--ask', '--ask', [CompletionResultType]::ParameterName, 'Also read each cluster''s identity (the uid of kube-system), to find one that has two names')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;completions' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--dynamic', '--dynamic', [CompletionResultType]::ParameterName, 'Completions that also offer contexts, namespaces and forwards. Source them at shell start rather than saving them: source <(watchdog completions bash --dynamic)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;demo' {
            [CompletionResult]::new('--clusters', '--clusters', [CompletionResultType]::ParameterName, 'How many clusters')
            [CompletionResult]::new('--hpas', '--hpas', [CompletionResultType]::ParameterName, 'How many HPAs in each')
            [CompletionResult]::new('--path-prefix', '--path-prefix', [CompletionResultType]::ParameterName, 'Serve them behind one port, each below this path and its name, as Rancher does; another cluster answers at the root')
            [CompletionResult]::new('--runtime', '--runtime', [CompletionResultType]::ParameterName, 'Forward to pods as this container runtime does: its errors, its resets, its half-closes')
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'Connect a pod''s port, or that of a workload''s pods, to a local listener (repeatable)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--broken', '--broken', [CompletionResultType]::ParameterName, 'Add a cluster that is down, one that never answers and one that forbids')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;guard' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;exec-newest' {
            [CompletionResult]::new('--exact-context', '--exact-context', [CompletionResultType]::ParameterName, 'The context, which `--context` would take for a pattern')
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'target')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'port')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;list' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by this field instead of cluster, namespace and name')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-L', '-L ', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('--label-columns', '--label-columns', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--problems', '--problems', [CompletionResultType]::ParameterName, 'Only HPAs with an error or a warning')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'No header line (table, wide, csv)')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--show-labels', '--show-labels', [CompletionResultType]::ParameterName, 'A column of all labels (table, wide)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;get' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by this field instead of cluster, namespace and name')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-L', '-L ', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('--label-columns', '--label-columns', [CompletionResultType]::ParameterName, 'A column for the value of this label (repeatable; table, wide, csv)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--problems', '--problems', [CompletionResultType]::ParameterName, 'Only HPAs with an error or a warning')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'No header line (table, wide, csv)')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Keep showing the list, as hpa watch does')
            [CompletionResult]::new('--show-labels', '--show-labels', [CompletionResultType]::ParameterName, 'A column of all labels (table, wide)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;describe' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;check' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json, or - for standard input; runs no kubectl (repeatable)')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Show only findings of at least this severity; the exit code goes by --fail-on all the same')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 2 if any finding has at least this severity [default: check.fail_on, error]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these findings: an id, a glob, or several with commas (repeatable)')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave out findings: everywhere, or where GLOB matches NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; added to check.ignore (repeatable)')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Leave out the findings that this file accepts [default: check.baseline]')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write the present findings to this file, for --baseline, and print nothing')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Explain a finding and what to do, or list those that a glob matches; all without an ID. Reads no cluster')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'What to group by in a table [default: hpa; on a terminal, where many HPAs have findings: finding]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--fail-on-empty', '--fail-on-empty', [CompletionResultType]::ParameterName, 'Exit with 1 if no HPA was checked')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Name all HPAs of a group, not only the first few (a pipe always gets all)')
            [CompletionResult]::new('--not-evaluated', '--not-evaluated', [CompletionResultType]::ParameterName, 'List the rules that could not be evaluated, with the reasons, instead of their number')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'No header line (wide, csv)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;watch' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Only HPAs with these labels, e.g. app=web,tier!=cache')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by this field, instead of what has changed in the last minute and what is wrong first')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'The time from one scan to the next, at least 1s')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--problems', '--problems', [CompletionResultType]::ParameterName, 'Only HPAs with an error or a warning, or a change in the last minute')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;explain' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;diff' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--spec', '--spec', [CompletionResultType]::ParameterName, 'Only settings: no replicas, readings or conditions')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit 2 if they differ, 3 if they cannot be compared completely')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;version' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only these namespaces: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig, instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Only these contexts: names, globs or /regexes/, separated by commas (repeatable)')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only these clusters, in the same forms, by the kubeconfig''s name for them (repeatable)')
            [CompletionResult]::new('--cluster-label', '--cluster-label', [CompletionResultType]::ParameterName, 'Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Act as this user of the cluster, as kubectl''s --as: every read and every forward')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Act as a member of this group (repeatable; with --as)')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'Act with this uid (with --as)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml')
            [CompletionResult]::new('--kubectl', '--kubectl', [CompletionResultType]::ParameterName, 'The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one kubectl call may take, e.g. 10s or 1m [default: 30s]')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long all calls together may take; a cluster not read by then is an error. For hpa watch and monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [default: auto]')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'As `--version` prints it, whatever kubectl would ask')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'All namespaces, including those that the configuration excludes; -n has no effect')
            [CompletionResult]::new('--current', '--current', [CompletionResultType]::ParameterName, 'Only the current context')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print what is run to stderr (-vv: more)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No progress and no notes on stderr, only errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'watchdog;help' {
            [CompletionResult]::new('cluster', 'cluster', [CompletionResultType]::ParameterValue, 'Clusters of the kubeconfig')
            [CompletionResult]::new('ns', 'ns', [CompletionResultType]::ParameterValue, 'Namespaces')
            [CompletionResult]::new('hpa', 'hpa', [CompletionResultType]::ParameterValue, 'HorizontalPodAutoscalers')
            [CompletionResult]::new('monitor', 'monitor', [CompletionResultType]::ParameterValue, 'Scan all clusters at an interval; print findings that begin or end, and scaling')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Snapshots of every HPA of every cluster, and what changed between them')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Replicas and metrics over time, from the snapshots')
            [CompletionResult]::new('forward', 'forward', [CompletionResultType]::ParameterValue, 'Port-forwards that stay up and cannot be orphaned')
            [CompletionResult]::new('supervisor', 'supervisor', [CompletionResultType]::ParameterValue, 'The background process that holds port-forwards')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'The configuration file')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check what watchdog needs: kubectl, contexts, the local port')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print shell completions')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Embedded demo clusters, on this machine only')
            [CompletionResult]::new('guard', 'guard', [CompletionResultType]::ParameterValue, 'Run the supervisor, and end its children after it exits')
            [CompletionResult]::new('exec-newest', 'exec-newest', [CompletionResultType]::ParameterValue, 'Become kubectl, forwarding to the newest ready pod of a target')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'hpa list')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'hpa list')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'hpa get')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'hpa check')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'hpa watch')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'hpa check --explain ID')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'snapshot diff')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'The version')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'watchdog;help;cluster' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Contexts of the kubeconfig: cluster, server, current, selected')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Ask each API server for its version and readiness')
            break
        }
        'watchdog;help;cluster;list' {
            break
        }
        'watchdog;help;cluster;test' {
            break
        }
        'watchdog;help;ns' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Namespaces of the scope, after the filters')
            break
        }
        'watchdog;help;ns;list' {
            break
        }
        'watchdog;help;hpa' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Every HPA of every cluster')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One HPA explained: its metrics, conditions, target and pods')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what is wrong with HPAs and what to do; exits 2 where something is')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Every HPA, refreshed at an interval, with changes marked')
            break
        }
        'watchdog;help;hpa;list' {
            break
        }
        'watchdog;help;hpa;get' {
            break
        }
        'watchdog;help;hpa;check' {
            break
        }
        'watchdog;help;hpa;watch' {
            break
        }
        'watchdog;help;monitor' {
            break
        }
        'watchdog;help;snapshot' {
            [CompletionResult]::new('take', 'take', [CompletionResultType]::ParameterValue, 'Collect every HPA of every cluster, with its target, into the history')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Snapshots of the history, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'The HPAs of one snapshot')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'What changed from one snapshot to another, field by field')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Delete old snapshots')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'A snapshot for other programs, or all since a time')
            break
        }
        'watchdog;help;snapshot;take' {
            break
        }
        'watchdog;help;snapshot;list' {
            break
        }
        'watchdog;help;snapshot;show' {
            break
        }
        'watchdog;help;snapshot;diff' {
            break
        }
        'watchdog;help;snapshot;prune' {
            break
        }
        'watchdog;help;snapshot;export' {
            break
        }
        'watchdog;help;history' {
            break
        }
        'watchdog;help;forward' {
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start port-forwards and stay until Ctrl-C, or leave them to the supervisor with -d')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with port-forwards up, and end them after it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List port-forwards: state, endpoint, use, lease holders')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'All details of port-forwards')
            [CompletionResult]::new('endpoint', 'endpoint', [CompletionResultType]::ParameterValue, 'Print a port-forward''s endpoint: http://127.0.0.1:PORT')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the variables of port-forwards for a shell: eval "$(watchdog forward env NAME)"')
            [CompletionResult]::new('heartbeat', 'heartbeat', [CompletionResultType]::ParameterValue, 'Keep a port-forward alive that was started with --require-heartbeat')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'The output of a port-forward''s kubectl')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Explain a port-forward: its history, and what to do')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'End a port-forward''s kubectl and start another; the local port stays')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop port-forwards, even if others hold leases')
            [CompletionResult]::new('reap', 'reap', [CompletionResultType]::ParameterValue, 'End processes that a killed supervisor left behind')
            break
        }
        'watchdog;help;forward;start' {
            break
        }
        'watchdog;help;forward;run' {
            break
        }
        'watchdog;help;forward;list' {
            break
        }
        'watchdog;help;forward;status' {
            break
        }
        'watchdog;help;forward;endpoint' {
            break
        }
        'watchdog;help;forward;env' {
            break
        }
        'watchdog;help;forward;heartbeat' {
            break
        }
        'watchdog;help;forward;logs' {
            break
        }
        'watchdog;help;forward;why' {
            break
        }
        'watchdog;help;forward;restart' {
            break
        }
        'watchdog;help;forward;stop' {
            break
        }
        'watchdog;help;forward;reap' {
            break
        }
        'watchdog;help;supervisor' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run the supervisor here, in the foreground (it is otherwise started on demand)')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show whether the supervisor runs, since when, and its forwards')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the supervisor and every port-forward')
            break
        }
        'watchdog;help;supervisor;run' {
            break
        }
        'watchdog;help;supervisor;status' {
            break
        }
        'watchdog;help;supervisor;stop' {
            break
        }
        'watchdog;help;config' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write the configuration with every key, its default and a comment')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the configuration in force, defaults filled in')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check a configuration file')
            break
        }
        'watchdog;help;config;init' {
            break
        }
        'watchdog;help;config;show' {
            break
        }
        'watchdog;help;config;validate' {
            break
        }
        'watchdog;help;doctor' {
            break
        }
        'watchdog;help;completions' {
            break
        }
        'watchdog;help;demo' {
            break
        }
        'watchdog;help;guard' {
            break
        }
        'watchdog;help;exec-newest' {
            break
        }
        'watchdog;help;list' {
            break
        }
        'watchdog;help;get' {
            break
        }
        'watchdog;help;describe' {
            break
        }
        'watchdog;help;check' {
            break
        }
        'watchdog;help;watch' {
            break
        }
        'watchdog;help;explain' {
            break
        }
        'watchdog;help;diff' {
            break
        }
        'watchdog;help;version' {
            break
        }
        'watchdog;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
