# What zsh offers at the end of a line, one a line: zsh -f offer.zsh FOLDER LINE. FOLDER has the completion functions.
# zsh completes on a terminal only, so another zsh is given one; it prints what its completion adds between two marks.
zmodload zsh/zpty
script=$(mktemp)
trap 'rm -f $script' EXIT
cat >$script <<'END'
PROMPT=
fpath=($OFFER_FOLDER $fpath)
autoload -Uz compinit
compinit -u -D
bindkey '^I' complete-word
setopt no_list_beep rc_expand_param
mark-begin() { print -r -- '<offers>' }
mark-end() { print -r -- '</offers>'; exit }
compprefuncs=(mark-begin)
comppostfuncs=(mark-end)
# what is only asked for (-O, -A, -D) is not offered
compadd() {
	local -a offered suffix
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -A offered "$@"
	(( $#offered )) && print -rl -- $offered
	builtin compadd "$@"
}
print ready
END
export OFFER_FOLDER=$1
zpty offers zsh -f -i
zpty -w offers "source $script"
zpty -r offers reply '*ready*'
zpty -w -n offers "$2"$'\t'
zpty -r offers reply '*</offers>*' || exit 1
reply=${${reply##*<offers>}%%</offers>*}
print -r -- ${reply//$'\r'/}
zpty -d offers
