using System.CommandLine;
using AdaptCluster.Contracts;

namespace AdaptCluster.Client.Commands;

/// <summary>A placeholder for a command that a thin client lacks; running it reports that the full program is needed.</summary>
internal static class FullProgramOnly
{
    /// <summary>Creates the command, which accepts any arguments and is hidden from the help.</summary>
    /// <param name="name">The name of the command.</param>
    public static Command Create(string name)
    {
        var words = new Argument<string[]>("WORDS") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(name) { words };
        command.Hidden = true;
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((Func<ParseResult, int>)(_ => throw new InvalidInputException(
            $"{name}: needs the full program; this client can only connect to a cluster (--cluster).")));
        return command;
    }
}
