using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>What was heard of one job.</summary>
internal sealed class RecordedJob(Action<EpochReport>? onEpoch = null) : IJobEvents
{
    private readonly CancellationTokenSource _cancellation = new();

    internal bool Wanted { get; init; } = true;

    internal List<EpochReport> Reports { get; } = [];

    internal JobResult? Result { get; private set; }

    internal Exception? Error { get; private set; }

    internal bool Returned { get; private set; }

    internal byte[]? Checkpoint { get; private set; }

    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Runs jobs together.</summary>
    internal static RecordedJob[] RunAll(JobRunner runner, IReadOnlyList<JobDefinition> jobs, PackOptions options,
        Func<int, byte[]?>? checkpoint = null)
    {
        var events = jobs.Select(_ => new RecordedJob()).ToArray();
        runner.Run([.. jobs.Select((job, i) => new JobRun(job, checkpoint?.Invoke(i), events[i]))], options);
        return events;
    }

    internal void Cancel() => _cancellation.Cancel();

    public bool Begin() => Wanted;

    public void Epoch(EpochReport report)
    {
        Reports.Add(report);
        onEpoch?.Invoke(report);
    }

    public void Complete(JobResult result) => Result = result;

    public void Fail(Exception error) => Error = error;

    public void Return(byte[]? checkpoint) => (Returned, Checkpoint) = (true, checkpoint);
}
