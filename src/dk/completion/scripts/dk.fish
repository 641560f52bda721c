# dk's completion for fish: dk completion fish > ~/.config/fish/completions/dk.fish

function __dk_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct | string collect | string unescape)
    set -l lines (command dk __complete fish $words[2..-1] "$word" </dev/null 2>/dev/null)
    set -l answer (string split \t -- $lines[1])
    switch "$answer[1]"
        case words
            string join \n -- $lines[2..-1]
        case files
            __dk_paths "$answer[2]" "$word"
        case folders
            __dk_paths "$answer[2]" "$word" | string match --regex '.*/$'
        case programs
            __fish_complete_command
    end
end

# What fish offers for a path on its own, behind the prefix of its word.
function __dk_paths --argument-names prefix word
    set -l path (string sub --start (math 1 + (string length -- "$prefix")) -- "$word")
    set -l typed (string escape --no-quoted -- "$path" | string replace --regex '^\\\\~' '~')
    for found in (complete --do-complete "'' $typed")
        string join '' -- $prefix (string split --fields 1 \t -- $found)
    end
end

complete --command dk --no-files --arguments '(__dk_complete)'
