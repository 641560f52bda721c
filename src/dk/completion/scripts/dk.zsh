#compdef dk
# dk's completion for zsh. In ~/.zshrc, after compinit: source <(dk completion zsh)

_dk() {
  local -a lines ready ready_shown going going_shown
  local line kind prefix value shown
  local -i width=0

  lines=("${(@f)$(command dk __complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" </dev/null 2>/dev/null)}")
  kind=${lines[1]%%$'\t'*} prefix=${lines[1]#*$'\t'}
  shift lines
  compset -p ${#prefix}
  case $kind in
    files) _files; return ;;
    folders) _files -/; return ;;
    programs) _command_names -e; return ;;
  esac
  for line in $lines; do
    (( ${#line%%$'\t'*} > width )) && width=${#line%%$'\t'*}
  done
  for line in $lines; do
    value=${line%%$'\t'*} shown=${line#*$'\t'}
    shown=${shown:+${(r:width:)value}  -- $shown}
    if [[ $value == *[:=] ]]; then
      going+=("$value") going_shown+=("${shown:-$value}")
    else
      ready+=("$value") ready_shown+=("${shown:-$value}")
    fi
  done
  compadd -l -d ready_shown -a -- ready
  compadd -l -S '' -d going_shown -a -- going
  return 0 # also without matches: other matchers would ask, and wait, again
}

if [[ $funcstack[1] == _dk ]]; then
  _dk "$@" # this file is the function itself, from a folder in fpath
else
  compdef _dk dk
fi
