using System.CommandLine;
using System.CommandLine.Parsing;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Client.Commands;

/// <summary>"Did you mean" hints for unknown commands and options.</summary>
internal static class Suggestions
{
    /// <summary>Returns a message about the first unknown word; null if all are known.</summary>
    public static string? For(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is not [var word, ..]) return null;
        var options = Ancestry(parsed.CommandResult).SelectMany(c => c.Options.Where(option => c == command || option.Recursive))
            .Where(option => !option.Hidden).Select(option => option.Name);
        string[] known = word.StartsWith('-') ? [.. options] : [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)];
        var what = word.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        if (command is RootCommand && parsed.RootCommandResult.Command.Subcommands.SelectMany(sub => sub.Options)
            .Any(option => option.Name == word)) return $"write the option '{word}' after the command, as in 'sweep list {word}'";
        // Dashes are ignored in the comparison.
        var near = EditDistance.Nearest(word.TrimStart('-'), known.Select(name => name.TrimStart('-')), least: 1);
        var nearest = known.FirstOrDefault(name => name.TrimStart('-') == near);
        var instead = nearest is not null ? $" (did you mean '{nearest}'?)"
            : known.Length > 0 ? $"; available: {string.Join(", ", known.Order(StringComparer.Ordinal))}" : "";
        return $"there is no {what} '{word}'{instead}";
    }

    private static IEnumerable<Command> Ancestry(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
            if (at is CommandResult found) yield return found.Command;
    }
}
