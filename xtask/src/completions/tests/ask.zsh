# Runs an interactive zsh on a pseudo terminal, which completes as it does for a user. Every offer
# passes through compadd, which here writes it to a file as well.
zmodload zsh/zpty
offers=$(mktemp)
zpty asked zsh -f -i
zpty -w asked "fpath=(${(q)FILE:h} \$fpath); autoload -Uz compinit; compinit -u -D
compadd() {
    local -a hits
    if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return; fi
    builtin compadd -A hits \"\$@\"
    (( ! \$#hits )) || print -rl -- \$hits >> $offers
    builtin compadd \"\$@\"
}
ask() { BUFFER=${(qqq)NAME}' '${(qq)BEFORE}' '${(qq)LAST}; CURSOR=\$#BUFFER; zle list-choices; print -r ended >> $offers }
zle -N ask
bindkey '^T' ask"
zpty -w -n asked $'\C-t'
integer tries=0
until [[ $(tail -n 1 $offers) == ended ]] || (( ++tries > 1500 )); do
    zpty -r -t asked ignored
    sleep 0.02
done
zpty -d asked
# Offers are quoted for the command line.
for offer in ${(f)"$(sed '$d' $offers)"}; do print -r -- ${(Q)offer}; done
rm -f $offers
