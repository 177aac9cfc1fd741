source $FILE
for offer in (complete -C "$NAME $BEFORE $LAST")
    # What stands behind the tab describes the offer; folders end with a slash.
    string replace -r '/?(\t.*)?$' '' -- $offer
end
