# _weir_split: COMP_WORDS as the words that weir gets, in `line`. bash breaks them at '=' and ':' as well.
_weir_split()
{
    local i word glue=
    line=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]#[\"\']}
        if [[ $i -gt 1 && ($glue || $word =~ ^[=:]+$) ]]; then
            line[-1]+=$word
        else
            line+=("$word")
        fi
        glue=
        if [[ $word =~ ^[=:]+$ ]]; then
            glue=1
        fi
    done
}

# _weir_takes OPTION: prints what the option's value is; nothing if it takes none.
_weir_takes()
{
    if [[ " $values " =~ " $1:"([^ ]+) ]]; then
        echo "${BASH_REMATCH[1]}"
    fi
}

# _weir_add CANDIDATE...: those that the value may become go into COMPREPLY, without what bash has completed already.
_weir_add()
{
    local candidate
    for candidate; do
        if [[ $candidate == "$value"* ]]; then
            candidate=$before$candidate
            COMPREPLY+=("${candidate#"$typed"}")
        fi
    done
}

# _weir_list SEPARATOR CANDIDATE...: as the last of a list.
_weir_list()
{
    local separator=$1
    shift
    if [[ $value == *"$separator"* ]]; then
        before+=${value%"$separator"*}$separator
        value=${value##*"$separator"}
    fi
    _weir_add "$@"
}

# _weir_files [ENDING...]: files with one of the endings, and folders.
_weir_files()
{
    local path ending
    compopt -o filenames 2>/dev/null
    while IFS= read -r path; do
        for ending; do
            if [[ -d $path || $path == *"$ending" ]]; then
                _weir_add "$path"
                break
            fi
        done
    done < <(compgen -f -- "$value")
}

# _weir_names LIST...: the names of scenarios or studies that weir brings along, as it lists them now.
_weir_names()
{
    local list line
    for list; do
        while IFS= read -r line; do
            if [[ $line == *": "* ]]; then
                _weir_add "${line%%: *}"
            fi
        done < <("$program" list "$list" 2>/dev/null </dev/null)
    done
}

# What --set may change in the scenario of the line.
_weir_paths()
{
    local path
    if [[ $value == *=* ]]; then
        return
    fi
    compopt -o nospace 2>/dev/null
    while IFS= read -r path; do
        _weir_add "$path"
    done < <("$program" completion paths "$scenario" "$value" 2>/dev/null </dev/null)
}

# _weir_offer WHAT: candidates for the value, by the name that help has for it; several are joined by '|'.
_weir_offer()
{
    local what alternatives
    IFS='|' read -r -a alternatives <<<"$1"
    for what in "${alternatives[@]}"; do
        case $what in
        P | POLICY)
            _weir_list + $_weir_policies
            if [[ $value == [./~]* ]]; then
                _weir_files .so
            fi
            ;;
        A,B,C) _weir_list , $_weir_metrics ;;
        METRIC) _weir_add $_weir_metrics ;;
        MODELS) _weir_list , $_weir_forecasters ;;
        DETECTORS) _weir_list , $_weir_detectors ;;
        COMMAND) _weir_add $_weir_commands ;;
        DEMO) _weir_add $_weir_demos ;;
        NAME | NAME...) _weir_names scenarios studies ;;
        SCENARIO)
            _weir_names scenarios
            _weir_files .json
            ;;
        STUDY)
            _weir_names studies
            _weir_files .json
            ;;
        XML) _weir_files .xml ;;
        DATA.csv) _weir_files .csv .csv.gz ;;
        FILE | FILE...) _weir_files '' ;;
        DIR | FOLDER | RESULTS | RUN) _weir_files / ;;
        PATH=VALUE) _weir_paths ;;
        [a-z]*) _weir_add "$what" ;;
        esac
    done
}

# _weir_read WORD...: the words between the command and the cursor. Sets `place` (how many are no options), `wanted` (what
# the option before the cursor takes) and `scenario`.
_weir_read()
{
    local word names
    read -r -a names <<<"$words"
    for word; do
        if [[ $wanted ]]; then
            wanted=
        elif [[ $word == -* ]]; then
            wanted=$(_weir_takes "$word")
        else
            if [[ $place -ge 0 && ${names[place]-} == *SCENARIO ]]; then
                scenario=${word%[\"\']}
            fi
            place=$((place + 1))
        fi
    done
}

_weir()
{
    local line options values words place=0 wanted='' scenario='' names
    local program=${COMP_WORDS[0]/#\~\//$HOME/} piece=${COMP_WORDS[COMP_CWORD]#[\"\']} before='' typed value
    COMPREPLY=()
    _weir_split
    value=${line[-1]}
    if [[ $piece =~ ^[=:]+$ ]]; then
        piece=
    fi
    typed=${value%"$piece"}
    if [[ ${#line[@]} -le 2 ]]; then
        _weir_add $_weir_commands --help --version
        return
    fi
    _weir_about "${line[1]}" || return 0
    place=0
    if [[ ${#line[@]} -gt 3 ]] && _weir_about "${line[1]} ${line[2]}"; then
        place=-1
    fi
    _weir_read "${line[@]:2:${#line[@]}-3}"
    if [[ ! $wanted && $value == --*=* ]]; then
        wanted=$(_weir_takes "${value%%=*}")
        before=${value%%=*}=
        value=${value#*=}
    elif [[ ! $wanted && $value == -* ]]; then
        _weir_add $options
        return
    fi
    if [[ ! $wanted ]]; then
        read -r -a names <<<"$words"
        if [[ ${#names[@]} -gt 0 && ${names[-1]} == *... && $place -ge ${#names[@]} ]]; then
            place=$((${#names[@]} - 1))
        fi
        if [[ $place -ge 0 ]]; then
            wanted=${names[place]-}
        fi
    fi
    _weir_offer "$wanted"
}

complete -o default -F _weir weir
