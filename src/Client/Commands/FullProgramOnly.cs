using System.CommandLine;
using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Commands;

/// <summary>Stands for a command that a client which only asks clusters is without, and says so.</summary>
internal static class FullProgramOnly
{
    /// <summary>The command; it takes any arguments, and help does not show it.</summary>
    /// <param name="name">Its name.</param>
    public static Command Create(string name)
    {
        var words = new Argument<string[]>("WORDS") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(name) { words };
        command.Hidden = true;
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((Func<ParseResult, int>)(_ => throw new InvalidInputException(
            $"{name}: needs the full program, which runs silos and trains; this client only asks clusters, by --cluster.")));
        return command;
    }
}
