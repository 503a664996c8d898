using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace AdaptCluster.Contracts.Tests;

/// <summary>
/// Messages and calls that name leases, packs, positions and attempts have the bytes that recorded.txt holds, which silos wrote while these
/// were a bare Guid and bare integers: during an upgrade silos of both kinds work side by side. Nothing writes the file anew; a member that
/// a message gets later adds its own bytes to the lines of that message, and changes no other.
/// </summary>
public sealed class RecordedBytesTests
{
    private const string File = "tests/Contracts.Tests/recorded.txt";

    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider()
        .GetRequiredService<Serializer>();

    private static readonly Dictionary<string, string> Recorded = System.IO.File.ReadLines(Repository.At(File))
        .Select(line => line.Split(" = ")).ToDictionary(parts => parts[0], parts => parts[1]);

    private static readonly LeaseId First = LeaseId.Parse("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly LeaseId Second = LeaseId.Parse("fedcba98-7654-3210-fedc-ba9876543210");
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch.AddDays(20_000);
    private static readonly SweepId Sweep = new("tiny-01234567");
    private static readonly JobId Job = new("0123456789abcdef");

    private static readonly RunEnvironment Machine = new()
    {
        Version = "v",
        Runtime = "r",
        Packages = new() { ["torch"] = "2" },
        Device = "cpu",
        Threads = 2,
        System = "s",
    };

    private static readonly JobDefinition Definition = new()
    {
        Method = "m",
        Backbone = "b",
        Dataset = new() { Name = "d", Format = "folder" },
        Shots = 1,
        Seed = 3,
    };

    private static readonly JobResult Result = new()
    {
        TestCorrect = 1,
        TestTotal = 2,
        ValidationCorrect = 3,
        ValidationTotal = 4,
        ImageContextTokens = 5,
        TextContextTokens = 6,
        TrainableParameters = 7,
        MultiplyAdds = 8,
        Duration = TimeSpan.FromSeconds(9),
    };

    private static readonly EpochReport Epoch = new()
    {
        Epoch = 1,
        Iterations = 2,
        Loss = 0.5,
        TrainAccuracy = 50,
        LearningRate = 0.25,
        ImageContextTokens = 3,
        TextContextTokens = 4,
        Duration = TimeSpan.FromSeconds(5),
        PruneSteps = [],
        Checkpoint = [1, 2],
    };

    private static readonly JobStatus Status = new()
    {
        Id = Job,
        Description = "d",
        State = JobState.Running,
        Attempt = new(7),
        Epoch = 1,
        Epochs = 2,
    };

    private static readonly LeaseStatus Held = new(Sweep, new(12), "w", Time, LeaseDirective.Drain);

    private static readonly Dictionary<string, object> Messages = new()
    {
        ["PackOffer, waiting"] = new PackOffer(new(12), 5_000) { Dataset = "d" },
        ["PackOffer, first pack"] = new PackOffer(new(0), 1),
        ["PackOffer, leased"] = new PackOffer(new(4_000_000), 5_000, First, "w", 3, Precision.Bfloat16),
        ["Lease"] = new Lease(First, Sweep, new(12), TimeSpan.FromSeconds(2), 4, 3),
        ["LeaseAnswer"] = new LeaseAnswer(new Lease(Second, Sweep, new(0), TimeSpan.FromSeconds(2)), Time, TimeSpan.FromSeconds(1)),
        ["LeaseEnd"] = new LeaseEnd(Requeue: true, 2, [Job]) { Sweep = Sweep, Pack = new(12), Unbegun = true },
        ["LeaseEnd of an older worker"] = new LeaseEnd(Requeue: false, 0, []),
        ["PackStart"] = new PackStart(First, new(12), "w", Machine, 4, 3),
        ["JobAssignment"] = new JobAssignment(new(300), Job, Definition, new(7), [1, 2, 3], "b", "d"),
        ["PackAssignment"] = new PackAssignment(
            [new(new(0), Job, Definition, new(1), null, "b", "d"), new(new(1), Job, Definition, new(2), null, "b", "d")],
            MoreWait: true, "trace"),
        ["SweepHolding"] = new SweepHolding(2, [First, Second, First])
        {
            WaitingPacks = [new(0), new(300), new(12)],
            LeasePacks = [new(12), new(300), new(-1)],
        },
        ["SweepHolding of an older silo"] = new SweepHolding(0, []),
        ["QueueStatus"] = new QueueStatus(1, 2, TimeSpan.FromSeconds(3), new() { ["silo"] = Time }, [Held, Held])
        {
            WorkersByTrainer = new() { [4] = 2 },
        },
        ["JobReport of an epoch"] = JobReport.EpochDone(new(300), new(7), Epoch),
        ["JobReport of a result"] = JobReport.Completed(new(300), new(7), Result),
        ["JobReport of a result with predictions"] =
            JobReport.Completed(new(300), new(7), Result with { Prompts = [1, 2], Predictions = [3, 4, 5] }),
        ["JobReport of a fault"] = JobReport.Failed(new(0), new(1), new JobFault("f", Retry: true)),
        ["JobReport of a return"] = JobReport.Returned(new(4_000_000), new(70_000), [1, 2, 3]),
        ["JobReports"] = new[] { JobReport.Returned(new(1), new(2)), JobReport.Returned(new(2), new(1)) },
        ["JobOutcome"] = new JobOutcome(new(300), Result),
        ["JobStatus"] = Status,
        ["JobStatus before the first attempt"] = Status with { Attempt = new(0) },
        ["JobAttempt"] = new JobAttempt(new(7), "w", Time, Time.AddSeconds(1), AttemptOutcome.Lost, "f", Machine),
        ["AuditEntry"] = new AuditEntry
        {
            Id = 7,
            Time = Time,
            Sweep = Sweep.Value,
            Action = AuditAction.Set,
            Outcome = AuditOutcome.Refused,
            Way = CallerWay.Oidc,
            Name = "ada@lab.example",
            Detail = "priority 0 to 1",
            Call = "0123456789abcdef",
        },
        ["AuditEntry of nobody"] = new AuditEntry
        {
            Time = Time,
            Action = AuditAction.Submit,
            Outcome = AuditOutcome.Done,
            Way = CallerWay.Unknown,
        },
        ["AttemptEvent"] = new AttemptEvent(Time, Job, "d", new(7), "w", AttemptOutcome.Failed, "f"),
    };

    /// <summary>Calls by grain and method, with their arguments.</summary>
    private static readonly Dictionary<string, object?[]> Calls = new()
    {
        ["IQueueGrain.LeaseAsync"] = ["silo", "w", First, null],
        ["IQueueGrain.RenewAsync"] = [First, 5L],
        ["IQueueGrain.EndAsync"] = [Second, new LeaseEnd(Requeue: true, 2, [Job]) { Sweep = Sweep, Pack = new(12) }],
        ["IQueueGrain.OfferAsync"] = [new SweepShare(Sweep, 1, 2, 3, Paused: false, 4), new[] { new PackOffer(new(12), 5, First, "w") }],
        ["ISweepGrain.BeginAsync"] = [new PackStart(First, new(12), "w", Machine, 4, 3)],
        ["ISweepGrain.ReportAsync"] = [new[] { JobReport.Returned(new(300), new(7)) }],
        ["ISweepGrain.LeaseLostAsync"] = [new PackNumber(12), First],
        ["ISweepGrain.LeaseEndedAsync"] = [new PackNumber(300), First, true],
        ["ISweepGrain.LeaseEndedInAsync"] = ["cpu", new PackNumber(12), Second],
        ["ISweepGrain.RestsAsync"] = [new[] { First, Second }],
        ["ISweepGrain.FileAsync"] = ["0123", JobFile.Predictions],
        ["ISweepGrain.CellsAsync"] = [],
        ["ICoordinatorGrain.AddAsync"] = [new[] { new JobOutcome(new(300), Result) }],
        ["IFrontGrain.AuditAsync"] = [new AuditQuery { Sweep = Sweep.Value, Before = 300, Count = 20 }],
        ["ICoordinatorGrain.RunsAsync"] = [new JobPosition(2_000)],
    };

    public static TheoryData<string> Names => [.. Messages.Keys.Concat(Calls.Keys)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_travels_has_the_bytes_that_were_recorded(string name)
    {
        var sent = Serializer.SerializeToArray<object>(Messages.TryGetValue(name, out var message) ? message : Call(name));

        Assert.Equal(Recorded[name], Convert.ToHexString(sent));
        var arrived = Serializer.Deserialize<object>(sent);
        Assert.Equal(Recorded[name], Convert.ToHexString(Serializer.SerializeToArray(arrived)));
    }

    [Fact]
    public void A_result_of_a_silo_that_keeps_no_predictions_is_read_without_them()
    {
        // As it was recorded before results had predictions.
        const string before =
            "3001EE52346D134A6F625265706F7274E8006209011DC10121E800050109010D"
            + "011101150119011D012181804A5D0500000000C1010101C101E0C101C101E0";

        var arrived = Serializer.Deserialize<object>(Convert.FromHexString(before));

        var report = Assert.IsType<JobReport>(arrived);
        Assert.Equal(Result, report.Result);
        Assert.Null(report.Result!.Predictions);
    }

    [Fact]
    public void Everything_that_was_recorded_is_sent_still() => Assert.Equal(Recorded.Keys.Order(), Names.Select(row => row.Data).Order());

    /// <summary>A call as the proxy of a grain sends it: its arguments, and the names of the grain and of the method.</summary>
    private static IInvokable Call(string name)
    {
        var calls = typeof(JobId).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false, IsGenericType: false } && typeof(IInvokable).IsAssignableFrom(type))
            .Select(type => (IInvokable)Activator.CreateInstance(type, nonPublic: true)!);
        var call = calls.Single(call => $"{call.GetInterfaceType().Name}.{call.GetMethodName()}" == name);
        for (var i = 0; i < Calls[name].Length; i++) call.SetArgument(i, Calls[name][i]!);
        return call;
    }
}
