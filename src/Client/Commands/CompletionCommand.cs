using System.CommandLine;
using System.Globalization;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep completion bash|zsh|fish</c>: prints a shell script that calls this program for completions.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # Completes 'sweep' in bash: source <(sweep completion bash)
            _sweep() {
              local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT}
              COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
            }
            complete -o default -F _sweep sweep ./sweep
            """,
        ["zsh"] = """
            #compdef sweep
            # Completes 'sweep' in zsh: source <(sweep completion zsh), after compinit
            _sweep() {
              local line="${BUFFER[1,CURSOR]}"
              local -a found
              found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
              [[ -n "${found[1]}" ]] && compadd -- "${found[@]}" || _files
            }
            compdef _sweep sweep ./sweep
            """,
        ["fish"] = """
            # Completes 'sweep' in fish: sweep completion fish > ~/.config/fish/completions/sweep.fish
            function __sweep
              set -l line (commandline -cp)
              set -l words (commandline -opc)
              $words[1] "[suggest:"(string length -- $line)"]" $line 2>/dev/null
            end
            complete -c sweep -a '(__sweep)'
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." }.OneOf([.. Scripts.Keys]);
        var command = new Command("completion", "Prints a script that completes commands, options and their values in a shell.") { shell };
        command.SetAction(async (parsed, _) =>
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync(Scripts[parsed.GetValue(shell)!]);
            return SweepCommand.Success;
        });
        return command;
    }

    /// <summary>Returns the completions if a completion script made the call (<c>sweep [suggest:N] LINE</c>); otherwise null.</summary>
    public static IEnumerable<string>? Answer(string[] args, RootCommand root)
    {
        if (args is not [var ask, var line] || !ask.StartsWith("[suggest:", StringComparison.Ordinal) || !ask.EndsWith(']')) return null;
        if (!int.TryParse(ask.AsSpan(9, ask.Length - 10), NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return null;
        KnownIds.Wanted = true;
        // The first word is this program, whatever its path.
        var text = line[..Math.Min(position, line.Length)].TrimStart();
        var rest = text.IndexOf(' ') is >= 0 and var space ? text[(space + 1)..] : "";
        var word = rest[(rest.LastIndexOf(' ') + 1)..];
        var parsed = root.Parse(rest);
        var found = parsed.GetCompletions(rest.Length).Select(item => item.Label).Distinct()
            .Where(label => label.StartsWith(word, StringComparison.Ordinal) && label is not ("-h" or "-?" or "/?" or "/h")).ToArray();
        // Options are offered only on request, or if nothing else can follow; otherwise the shell offers files.
        var expectsMore = parsed.CommandResult.Command is RootCommand
            || parsed.CommandResult.Command.Arguments.Any(argument => parsed.GetResult(argument) is null or { Tokens.Count: 0 });
        return word.Length == 0 && expectsMore ? found.Where(label => !label.StartsWith('-')) : found;
    }
}
