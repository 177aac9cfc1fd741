source "$FILE"
# compopt works only while bash itself completes.
compopt() { [[ $* == "-o filenames" ]]; }
read -r _ _ function _ < <(complete -p "$NAME")
read -ra before <<<"$BEFORE"
COMP_WORDS=("$NAME" "${before[@]}" "$LAST")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"$function"
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
