using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Connection;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AdaptCluster.Client.Output;

/// <summary>Follows a sweep to its end, with a live display on a terminal and plain lines elsewhere, and then prints the table.</summary>
internal static class Follower
{
    private static readonly TimeSpan LivePeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LinePeriod = TimeSpan.FromSeconds(10);

    /// <summary>The line width for a file.</summary>
    private const int LineWidth = 160;

    /// <summary>Follows a sweep.</summary>
    /// <returns>The exit code: success only if every job has a result.</returns>
    /// <exception cref="ConnectionLostException">The process that runs the sweep has exited.</exception>
    /// <exception cref="AdaptClusterException">The workers of this process cannot continue.</exception>
    public static async Task<int> FollowAsync(SweepConnection connection, SweepId id, bool json, TextWriter output, TextWriter error,
        CancellationToken cancellation)
    {
        try
        {
            var status = Terminal.ErrorIsInteractive(error) ? await LiveAsync(connection, id, error, cancellation)
                : await LinesAsync(connection, id, error, cancellation);
            var results = await new FollowedCalls(connection, error.WriteLineAsync)
                .CallAsync(connection.Coordinator(id).ResultsAsync, cancellation);
            ResultsWriter.Write(output, results, json ? "json" : "text");
            if (!json)
                Terminal.WriteWrapped(error,
                    $"{id}: {AdaptClusterJson.Name(status.Summary.State)}; 'sweep results {id} --format md' prints the table again.");
            return status.Summary.State == SweepState.Completed ? SweepCommand.Success : SweepCommand.Failure;
        }
        catch (OperationCanceledException e) when (!connection.Embedded && cancellation.IsCancellationRequested)
        {
            // Only this command ends; the sweep continues.
            throw new AdaptClusterException(
                $"{id} continues to run; 'sweep watch {id}' follows it again, 'sweep cancel {id}' stops it.", e);
        }
        catch (Exception e) when (connection.HasLeft(e, cancellation))
        {
            throw new ConnectionLostException(
                "the process that ran the sweep has ended; run the same command again to resume.", e);
        }
    }

    private static async Task<SweepStatus> LinesAsync(
        SweepConnection connection, SweepId id, TextWriter error, CancellationToken cancellation)
    {
        var (packs, followed) = (new PackLines(TimeProvider.System), new FollowedSweep(connection, id, error.WriteLineAsync));
        var (reported, last, listed) = ((-1, -1), TimeProvider.System.GetTimestamp(), TimeProvider.System.GetTimestamp());
        await error.WriteLineAsync($"{id}");
        while (true)
        {
            var status = await followed.StatusAsync(cancellation);
            var counts = (status.Summary.Jobs.Completed, status.Summary.Jobs.Failed);
            var ended = IsOver(status);
            if (ended || (counts != reported && TimeProvider.System.GetElapsedTime(last) > TimeSpan.FromSeconds(1))
                || TimeProvider.System.GetElapsedTime(last) > LinePeriod)
            {
                (reported, last) = (counts, TimeProvider.System.GetTimestamp());
                await error.WriteLineAsync(ProgressText.Line(status));
            }
            if (!ended && TimeProvider.System.GetElapsedTime(listed) > LinePeriod)
            {
                listed = TimeProvider.System.GetTimestamp();
                foreach (var pack in packs.Of(status, LineWidth)) await error.WriteLineAsync(pack);
            }
            if (ended) return status;
            await Task.Delay(LivePeriod, cancellation);
        }
    }

    private static Task<SweepStatus> LiveAsync(SweepConnection connection, SweepId id, TextWriter error, CancellationToken cancellation) =>
        Terminal.For(error).Live(new Text(id.Value)).StartAsync(async display =>
        {
            var (packs, started) = (new PackLines(TimeProvider.System), TimeProvider.System.GetTimestamp());
            IRenderable[] shown = [new Text(id.Value)];
            // The last display stays above the error.
            var followed = new FollowedSweep(connection, id, words =>
            {
                display.UpdateTarget(
                    new Rows([.. shown, .. ProgressText.Fold(words, Terminal.Width(error) - 3)
                    .Select(line => new Text($"  {line}", new Style(Color.Red)))]));
                return Task.CompletedTask;
            });
            while (true)
            {
                var (status, width) = (await followed.StatusAsync(cancellation), Terminal.Width(error) - 1);
                shown =
                [
                    Bar(status, id.Value, width),
                    .. ProgressText.Fold(ProgressText.Line(status), width - 2).Select(line => new Text($"  {line}")),
                    // Models and images are read before the first epoch ends, so there is no other progress until then.
                    .. status.IterationsDone > 0 || IsOver(status) ? [] : (IRenderable[])[new Text(Terminal.Crop(
                        $"  {Spinner.At(TimeProvider.System.GetElapsedTime(started), "waiting for the first epoch")}", width))],
                    .. packs.Of(status, width).Select(line => new Text(line)),
                    .. status.Failed.Take(5).Select(job =>
                        new Text(Terminal.Crop($"  failed: {job.Description}: {job.Error}", width), new Style(Color.Red))),
                ];
                display.UpdateTarget(new Rows(shown));
                if (IsOver(status)) return status;
                await Task.Delay(LivePeriod, cancellation);
            }
        });

    private static bool IsOver(SweepStatus status) => !status.Summary.State.IsOpen;

    private static Paragraph Bar(SweepStatus status, string id, int terminal)
    {
        var width = Math.Clamp(terminal - id.Length - 14, 5, 30);
        var share = WorkDone.Share(status.Summary.Jobs, status);
        var filled = (int)Math.Round(width * share);
        var colour = status.Summary.Jobs.Failed > 0 ? Color.Red : Color.Green;
        return new Paragraph().Append($"  {id}  [").Append(new string('#', filled), new Style(colour))
            .Append($"{new string('.', width - filled)}] {share:P0}");
    }

    /// <summary>Polls a sweep's status, and throws if the sweep can no longer be followed.</summary>
    private sealed class FollowedSweep(SweepConnection connection, SweepId id, Func<string, Task> say)
    {
        private readonly FollowedCalls _calls = new(connection, say);
        private readonly PersistentObstacle _obstacle = new(connection.Embedded, TimeProvider.System);

        public async Task<SweepStatus> StatusAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            if (connection.Fault is { IsCompleted: true } fault) throw await fault;
            var status = await _calls.CallAsync(connection.Sweep(id).StatusAsync, cancellation);
            _obstacle.Check(status);
            return status;
        }
    }
}
