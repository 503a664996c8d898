using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using Orleans.Serialization;

namespace AdaptCluster.Client.Commands;

/// <summary>The command <c>sweep</c>: its subcommands, exit codes and error lines.</summary>
public static class SweepCommand
{
    /// <summary>The exit code for success.</summary>
    public const int Success = 0;

    /// <summary>The exit code for any failure other than invalid input.</summary>
    public const int Failure = 1;

    /// <summary>The exit code for invalid usage or an invalid spec.</summary>
    public const int BadInput = 2;

    /// <summary>
    /// The longest time from SIGTERM until the process exits, including the host's own limit (HostOptions.ShutdownTimeout). A supervisor
    /// that kills the process afterwards must wait longer than this.
    /// </summary>
    public static TimeSpan LongestEnd { get; } = TimeSpan.FromSeconds(40);

    /// <summary>Creates the root command with its subcommands and options.</summary>
    /// <param name="embedded">The embedded mode; null for a thin client that only connects to clusters.</param>
    /// <param name="error">The writer that receives messages about long waits; null if no command is run.</param>
    internal static RootCommand Root(IEmbeddedMode? embedded, TextWriter? error = null) =>
        Create(new Connector(embedded, error ?? TextWriter.Null));

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments after "sweep".</param>
    /// <param name="output">The writer that receives results.</param>
    /// <param name="error">The writer that receives progress and errors.</param>
    /// <param name="embedded">The embedded mode; null for a thin client that only connects to clusters.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, IEmbeddedMode? embedded)
    {
        var root = Root(embedded, error);
        if (CompletionCommand.Answer(args, root) is { } completions)
        {
            foreach (var completion in completions) await output.WriteLineAsync(completion);
            return Success;
        }
        Terminal.NoColour = args.Contains("--no-color");
        using var signal = new EndSignal(LongestEnd);
        var parsed = root.Parse(args, new ParserConfiguration
        {
            // A value may begin with @, and "-old" removes a tag: it is not -o with the value "ld".
            ResponseFileTokenReplacer = null,
            EnablePosixBundling = Array.Find(args, word => !word.StartsWith('-')) is not ("note" or "tag" or "rename"),
        });
        if (parsed.Errors.Count > 0 && !parsed.Tokens.Any(token => token.Value is "--help" or "-h" or "-?" or "--version"))
        {
            var command = parsed.CommandResult.Command is RootCommand ? "sweep" : $"sweep {parsed.CommandResult.Command.Name}";
            var message = Suggestions.For(parsed) ?? parsed.Errors[0].Message.TrimEnd('.').ReplaceLineEndings(" ")
                .Replace("\t", "", StringComparison.Ordinal);
            await error.WriteLineAsync($"{command}: {PrintableText.OneLine(message)}; see '{command} --help'.");
            return BadInput;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                // The library's own signal handling would end a command before the signal is recorded.
                ProcessTerminationTimeout = null,
            }, signal.Token);
        }
        catch (Exception e)
        {
            var code = await ReportAsync(e, parsed.CommandResult.Command.Name, error, embedded);
            return e is OperationCanceledException || e.InnerException is OperationCanceledException ? signal.ExitCode ?? code : code;
        }
    }

    /// <summary>Reports any error as one line and an exit code. ADAPTCLUSTER_DEBUG=1 adds the stack trace of an unexpected error.</summary>
    private static async Task<int> ReportAsync(Exception e, string command, TextWriter error, IEmbeddedMode? embedded)
    {
        var line = e switch
        {
            OperationCanceledException =>
                command is "submit" or "evaluate" or "retry" or "resume" or "fetch"
                    ? "interrupted; run the same command again to resume." : "interrupted.",
            AdaptClusterException => e.Message,
            _ when (embedded?.StoreFault(e) ?? PostgresFaults.Translate(e)) is { } fault => fault.Message,
            SerializerException =>
                $"the silo's response cannot be read ({e.Message.TrimEnd('.')}); are the silos and this program the same version?",
            _ when ConnectionLostException.IsWithoutGrains(e) =>
                "the silo hosts no grains: it is starting, shutting down, or only trains; run the command again in a moment.",
            OrleansException or TimeoutException => $"the silo does not respond ({e.Message}); is it running, and is it the same "
                + "version as this program?",
            IOException => $"{e.Message}",
            _ => $"unexpected {e.GetType().Name}: {e.Message} (a bug in this program; ADAPTCLUSTER_DEBUG=1 prints the stack trace)",
        };
        await error.WriteLineAsync($"sweep: {PrintableText.OneLine(line.ReplaceLineEndings(" "))}");
        if (e is not AdaptClusterException and not OperationCanceledException
            && Environment.GetEnvironmentVariable("ADAPTCLUSTER_DEBUG") == "1") await error.WriteLineAsync(e.ToString());
        return e is InvalidInputException ? BadInput : Failure;
    }

    private static RootCommand Create(Connector connector)
    {
        var full = connector.Embedded?.Commands.ToDictionary(command => command.Name) ?? [];
        Command Full(string name) => full.GetValueOrDefault(name) ?? FullProgramOnly.Create(name);

        var root = new RootCommand(connector.Embedded is null
            ? "Submits hyperparameter sweeps of CLIP prompt tuning to a cluster, follows them and reads their results."
            : "Runs hyperparameter sweeps of CLIP prompt tuning, on this machine or on a cluster.")
        {
            SubmitCommand.Create(connector),
            PlanCommand.Create(connector),
            EvaluateCommand.Create(connector),
            ListCommand.Create(connector),
            StatusCommand.Create(connector),
            WatchCommand.Create(connector),
            ResultsCommand.Create(connector),
            PlotCommand.Create(connector),
            HistoryCommands.Curves(connector),
            HistoryCommands.Masks(connector),
            PredictionsCommand.Create(connector),
            ExportCommand.Create(connector),
            ExportRunsCommand.Create(connector),
            Full("predict"),
            ControlCommands.Cancel(connector),
            ControlCommands.Pause(connector),
            ControlCommands.Resume(connector),
            ControlCommands.Retry(connector),
            ControlCommands.Set(connector),
            LabelCommands.Note(connector),
            LabelCommands.Tag(connector),
            LabelCommands.Rename(connector),
            ReplanCommand.Create(connector),
            DeletionCommands.Delete(connector),
            DeletionCommands.Prune(connector),
            BackupCommand.Create(connector),
            ExplainCommand.Create(connector),
            LogsCommand.Create(connector),
            AuditCommand.Create(connector),
            Full("methods"),
            Full("datasets"),
            DoctorCommand.Create(connector),
            Full("serve"),
            Full("db"),
            Full("pretrain"),
            CompletionCommand.Create(),
        };
        root.Options.Add(new Option<bool>("--no-color") { Description = "Print without colour (or set NO_COLOR).", Recursive = true });
        ShortForms.AddTo(root);
        HelpText.AddTo(root);
        return root;
    }
}
