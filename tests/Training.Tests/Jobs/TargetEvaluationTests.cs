using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Jobs;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>One training, evaluated on classes and data sets that it was not trained on.</summary>
public sealed class TargetEvaluationTests : IDisposable
{
    private static readonly string Folder = Repository.At("models", "tiny-clip");

    private readonly LoadedBackbone _clip;
    private int _loads;

    public TargetEvaluationTests()
    {
        torch.set_num_threads(1);
        _clip = BackboneFamilies.BuiltIn.Of(Folder).Load(Folder, torch.CPU);
    }

    public static TheoryData<string> Methods =>
        [MethodNames.ZeroShot, .. KnownMethods.Trained.Where(name => KnownMethods.All.Find(name).ClassifiesNewClasses)];

    public static TheoryData<string> TrainedMethods =>
        [.. KnownMethods.Trained.Where(name => KnownMethods.All.Find(name).ClassifiesNewClasses)];

    public void Dispose() => _clip.Model.Dispose();

    [Theory, MemberData(nameof(Methods))]
    public void What_was_trained_on_the_base_half_finds_on_the_new_half_what_its_prompts_find_there(string method)
    {
        var job = Job(method);
        var alone = Run(job).Single();
        var result = Run(job with { Evaluate = Targets("new", "tiny-objects") }).Single();

        // Its own numbers are those without targets, to the last digit.
        Assert.Equal((alone.TestCorrect, alone.ValidationCorrect), (result.TestCorrect, result.ValidationCorrect));
        Assert.Equal(alone.Prompts, result.Prompts);
        Assert.Equal(["new", "tiny-objects"], result.Targets!.Select(target => target.Name));
        foreach (var (target, source) in result.Targets!.Zip(Targets("new", "tiny-objects").Targets))
        {
            var own = Load(job);
            var data = Open(source.Dataset).LoadTest(job.Train is null ? null : own.Template);
            using var predictor = new PromptPredictor(_clip.Model, _clip.Tokenizer, _clip.Preprocessor,
                new TrainedPrompts(job, data.Template, data.ClassNames, result.Prompts, "prompts"));
            var found = Enumerable.Range(0, data.Test.Labels.Count).Chunk(PromptPredictor.Batch)
                .SelectMany(batch => predictor.Logits([.. batch.Select(data.Test.Load)])).Select(PromptPredictor.Best).ToArray();
            var kept = JobPredictions.Read(result.Predictions!).Targets.Single(one => one.Name == target.Name);
            Assert.Equal(data.ClassNames, kept.ClassNames);
            Assert.Equal(data.Template, kept.Template);
            // Other batches: an image whose two best logits are equal to the last digits may fall to the other side.
            Assert.InRange(kept.Test.Predicted.Zip(found, (label, one) => label == one.Label).Count(same => !same), 0, found.Length / 200);
            Assert.Equal((kept.Test.Correct, kept.Test.Count), (target.Correct, target.Total));
        }
    }

    [Fact]
    public void A_job_evaluated_on_its_own_data_set_finds_the_same_there()
    {
        var job = Job(MethodNames.CoOp);
        var own = new EvaluationTarget { Name = "again", Dataset = job.Dataset, Fingerprint = "" };

        var result = Run(job with { Evaluate = new() { Targets = [own] } }).Single();

        Assert.Equal((result.TestCorrect, result.TestTotal), (result.Targets![0].Correct, result.Targets[0].Total));
    }

    [Fact]
    public void A_trained_context_replaces_a_targets_template_whatever_its_number_of_words()
    {
        // KgCoOp's context is as long as the template that it was trained with.
        var job = Job(MethodNames.KgCoOp);
        var target = Targets("tiny-objects").Targets[0];
        var other = target with { Dataset = target.Dataset with { Template = "a small and dark picture of the {}." } };

        var (plain, own) = (Run(job with { Evaluate = new() { Targets = [target] } }).Single(),
            Run(job with { Evaluate = new() { Targets = [other] } }).Single());

        Assert.Equal(plain.Targets, own.Targets);
    }

    [Fact]
    public void Lanes_that_end_together_share_a_target_and_find_what_each_finds_alone()
    {
        var job = Job(MethodNames.CoOp) with { Evaluate = Targets("new") };
        JobDefinition[] jobs = [.. Enumerable.Range(1, 3).Select(seed => job with { Seed = seed })];
        var alone = jobs.Select(one => Run(one).Single().Targets![0]).ToArray();
        _loads = 0;

        Assert.Equal(alone, Run(jobs).Select(result => result.Targets![0]));
        Assert.Equal(1, _loads);
    }

    [Fact]
    public void A_target_that_cannot_be_loaded_fails_its_job_and_leaves_the_others()
    {
        var good = new RecordedEvents();
        var bad = new RecordedEvents();
        using var runner = Runner(target => throw new Contracts.InvalidInputException($"{target.Name} is not there."));
        var job = Job(MethodNames.CoOp);
        runner.Run([new JobRun(job with { Evaluate = Targets("new") }, null, bad), new JobRun(job, null, good)],
            new PackOptions { Lanes = 2 });

        Assert.Equal("new is not there.", bad.Error?.Message);
        Assert.NotNull(good.Result);
    }

    [Theory, MemberData(nameof(TrainedMethods))]
    public void Prompts_of_a_job_without_targets_find_on_targets_what_a_job_that_had_them_from_the_beginning_finds(string method)
    {
        var job = Job(method);
        var (trained, whole) = (Run(job).Single(), Run(job with { Evaluate = Targets("new", "tiny-objects") }).Single());
        var events = new RecordedEvents();
        var origin = new PromptOrigin("tiny-01234567", new("0123456789abcdef"));

        using var runner = Runner(target => Open(target.Dataset));
        runner.Run([new JobRun(job with { Evaluate = Targets("new", "tiny-objects") }, null, events)
        {
            Trained = new StoredPrompts(origin, trained.Prompts!),
        }], new PackOptions());

        var result = events.Result ?? throw events.Error!;
        Assert.Equal(whole.Targets, result.Targets);
        Assert.Equal(whole.Predictions, result.Predictions);
        Assert.Equal(trained.Prompts, result.Prompts);
        Assert.Equal((0, origin), (events.Epochs, result.TrainedFrom));
        // All the rest is the training's as well, as are its own images: tokens, parameters, MACs.
        Assert.Equal(Plain(whole), Plain(result));
    }

    [Fact]
    public void A_job_with_a_checkpoint_goes_on_from_there_whatever_prompts_there_are()
    {
        var job = Job(MethodNames.CoOp);
        var events = new RecordedEvents();
        using var runner = Runner(target => Open(target.Dataset));
        runner.Run([new JobRun(job, null, events)], new PackOptions());
        var (checkpoint, resumed) = (events.Last!, new RecordedEvents());

        runner.Run([new JobRun(job, checkpoint, resumed) { Trained = Prompts([1]) }], new PackOptions());

        Assert.Equal((events.Result!.TestCorrect, (PromptOrigin?)null), (resumed.Result!.TestCorrect, resumed.Result.TrainedFrom));
    }

    [Fact]
    public void Prompts_of_another_job_fail_their_job_by_name_and_leave_the_others()
    {
        var (bad, good) = (new RecordedEvents(), new RecordedEvents());
        using var runner = Runner(target => Open(target.Dataset));
        var job = Job(MethodNames.CoOp) with { Evaluate = Targets("new") };
        var vpt = Run(Job(MethodNames.Vpt)).Single();

        runner.Run([new JobRun(job, null, bad) { Trained = Prompts(vpt.Prompts!) }, new JobRun(Job(MethodNames.ZeroShot), null, good)],
            new PackOptions { Lanes = 2 });

        Assert.StartsWith("prompts of job 0123456789abcdef of tiny-01234567 (use --no-cache to train again): the method has no ",
            bad.Error?.Message, StringComparison.Ordinal);
        Assert.NotNull(good.Result);
    }

    private static StoredPrompts Prompts(byte[] content) => new(new("tiny-01234567", new("0123456789abcdef")), content);

    private static JobResult Plain(JobResult result) => result with
    {
        Duration = default,
        Prompts = null,
        Predictions = null,
        Targets = null,
        TrainedFrom = null,
    };

    private static EvaluationTargets Targets(params string[] names) => new()
    {
        Targets = [.. names.Select(name => new EvaluationTarget
        {
            Name = name,
            Dataset = name == "new" ? Job(MethodNames.CoOp).Dataset with { Classes = "new" } : new() { Name = name, Format = "drawn" },
            Fingerprint = "",
        })],
    };

    private static JobDefinition Job(string method)
    {
        var train = new TrainSettings
        {
            Epochs = 2,
            LearningRate = 0.002,
            LearningRateWarmupEpochs = 0,
            Augmentation = Augmentation.None,
            Adapt = new() { MaxContextLength = 4, PromptDepth = 3, PruneWarmupEpochs = 0, PrunePeriod = 2 },
            CoOp = new() { ContextLength = 4 },
            CoCoOp = new(),
            Vpt = new() { Tokens = 2 },
            Plot = new() { Prompts = 2, ContextLength = 4 },
            Maple = new(),
            ProGrad = new() { ContextLength = 4 },
            KgCoOp = new(),
            Lamm = new(),
        };
        return new JobDefinition
        {
            Method = method,
            Backbone = "tiny-clip",
            Dataset = new() { Name = "tiny-kinds", Format = "drawn", Classes = "base" },
            Shots = 2,
            Seed = 1,
            Scorer = method == MethodNames.Adapt ? Scorer.Snip : null,
            TTarget = method == MethodNames.Adapt ? 10 : null,
            Train = method == MethodNames.ZeroShot ? null : KnownMethods.All.Only(method, train),
        };
    }

    private JobResult[] Run(params JobDefinition[] jobs)
    {
        using var runner = Runner(target =>
        {
            _loads++;
            return Open(target.Dataset);
        });
        RecordedEvents[] events = [.. jobs.Select(_ => new RecordedEvents())];
        runner.Run([.. jobs.Zip(events, (job, heard) => new JobRun(job, null, heard))], new PackOptions { Lanes = jobs.Length });
        return [.. events.Select(heard => heard.Result ?? throw heard.Error!)];
    }

    private JobRunner Runner(Func<EvaluationTarget, IDataset> open)
    {
        var all = Open(Job(MethodNames.CoOp).Dataset);
        return new(_clip.Model, _clip.Tokenizer, _clip.Preprocessor, job => all.Load(job.Shots, job.Seed, job.Dataset.Template),
            targets: (target, template) => open(target).LoadTest(template));
    }

    private static FewShotData Load(JobDefinition job) => Open(job.Dataset).Load(job.Shots, job.Seed, job.Dataset.Template);

    private static IDataset Open(DatasetSource source) =>
        source.Classes is null ? DrawnDatasets.Find(source.Name)! : DatasetFormats.Half(DrawnDatasets.Find(source.Name)!, source);

    private sealed class RecordedEvents : IJobEvents
    {
        public CancellationToken Cancellation => CancellationToken.None;

        public JobResult? Result { get; private set; }

        public Exception? Error { get; private set; }

        public bool Begin() => true;

        public int Epochs { get; private set; }

        public byte[]? Last { get; private set; }

        public void Epoch(EpochReport report) => (Epochs, Last) = (Epochs + 1, report.Checkpoint);

        public void Complete(JobResult result) => Result = result;

        public void Fail(Exception error) => Error = error;

        public void Return(byte[]? checkpoint) => Error = new OperationCanceledException();
    }
}
