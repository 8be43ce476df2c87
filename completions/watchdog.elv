
set edit:completion:arg-completer[watchdog] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) WATCHDOG_COMPLETE="elvish" watchdog -- $@words) | to-lines
}

