source $FILE
for offer in (complete -C "$NAME $BEFORE $LAST")
    # Removes the description after the tab and the slash after a folder.
    string replace -r '/?(\t.*)?$' '' -- $offer
end
