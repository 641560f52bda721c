# dk's completion for bash. In ~/.bashrc: source <(dk completion bash)

_dk() {
  local kind='' line
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done
  } < <(command dk __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" </dev/null 2>/dev/null)
  case $kind in
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
    programs)
      while IFS= read -r line; do
        COMPREPLY+=("$line")
      done < <(compgen -c -- "$2")
      ;;
  esac
  [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *[:=] ]] || compopt -o nospace
}

complete -F _dk dk
