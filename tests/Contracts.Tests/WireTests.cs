using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace AdaptCluster.Contracts.Tests;

/// <summary>What travels between processes arrives as it was sent.</summary>
public sealed class WireTests
{
    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider()
        .GetRequiredService<Serializer>();

    private static readonly JobDefinition Job = new()
    {
        Method = MethodNames.Adapt,
        Backbone = "b",
        Dataset = new() { Name = "d", Format = "folder", Path = "p", Template = "{}." },
        Shots = 16,
        Seed = 0,
        Scorer = Scorer.L2Norm,
        TTarget = 12,
        Train = new()
        {
            Epochs = 3,
            Augmentation = Augmentation.None,
            Adapt = new() { PruneRate = 2, ScoreReduction = ScoreReduction.Total },
        },
    };

    private static readonly JobDefinition Small = new()
    {
        Method = "m",
        Backbone = "b",
        Dataset = new() { Name = "d", Format = "folder" },
        Shots = 1,
        Seed = 0,
        TTarget = 3,
    };

    /// <summary>The bytes of <see cref="Small"/> up to its scorer, without few-shot lists and halves.</summary>
    private const string Start = "20E840036D41036221E8400364410D666F6C646572C101C101C101C101E0010501";

    [Fact]
    public void A_job_definition_arrives_equal() => Assert.Equal(Job, RoundTrip(Job));

    // Bytes of version 0.1.0, where a scorer was a number. What came later travels behind its own members, as nothing where it is not set.
    [Theory]
    [InlineData(null, "01C101010DC101E0")]
    [InlineData("snip", "01090301010DC101E0")]
    [InlineData("gradient-norm", "01090305010DC101E0")]
    [InlineData("l2-norm", "01090309010DC101E0")]
    [InlineData("random", "0109030D010DC101E0")]
    public void The_scorers_of_older_silos_travel_as_they_did(string? scorer, string end)
    {
        var job = Small with { Scorer = scorer is null ? null : new(scorer) };
        const string objectEnd = "E0", fewShots = "C101", classes = "C101", evaluate = "C101";
        var now = Start.Replace(objectEnd, fewShots + classes + objectEnd, StringComparison.Ordinal)
            + end[..^objectEnd.Length] + evaluate + objectEnd;

        Assert.Equal(now, Convert.ToHexString(Serializer.SerializeToArray(job)));
        Assert.Equal(job, Serializer.Deserialize<JobDefinition>(Convert.FromHexString(Start + end)));
    }

    [Fact]
    public void A_new_scorer_travels_by_its_name()
    {
        var job = Small with { Scorer = new("my-own") };

        Assert.Equal(job, RoundTrip(job));
        Assert.Equal([job, job with { Scorer = Scorer.Snip }], RoundTrip<JobDefinition[]>([job, job with { Scorer = Scorer.Snip }]));
    }

    [Theory]
    [InlineData("01090311010DC101E0", "has the wire number 4")]
    [InlineData("014103E9010DC101E0", "is not a scorer name")]
    public void A_scorer_that_cannot_be_is_refused(string end, string message)
    {
        var bytes = Convert.FromHexString(Start + end);

        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Serializer.Deserialize<JobDefinition>(bytes)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_every_method_arrive_equal() =>
        Assert.All(typeof(TrainSettings).GetProperties().Where(property => property.PropertyType.IsClass), part =>
        {
            var settings = new TrainSettings { Own = new(new() { ["strength"] = 0.5 }) };
            part.SetValue(settings, Activator.CreateInstance(part.PropertyType));
            Assert.Equal(settings, RoundTrip(settings));
        });

    [Fact]
    public void An_assignment_arrives_with_its_checkpoint()
    {
        var arrived = RoundTrip(new JobAssignment(new(4), new("0123456789abcdef"), Job, new(7), [1, 2, 3], "b", "d"));

        Assert.Equal((new JobId("0123456789abcdef"), new AttemptNumber(7)), (arrived.Id, arrived.Attempt));
        Assert.Equal([1, 2, 3], arrived.Checkpoint);
    }

    [Fact]
    public void A_users_error_arrives_as_the_same_type_with_its_line()
    {
        var arrived = RoundTrip<Exception>(new InvalidInputException("bad.json: $: no."));

        Assert.IsType<InvalidInputException>(arrived);
        Assert.Equal("bad.json: $: no.", arrived.Message);
    }

    [Fact]
    public void An_unreadable_plan_arrives_with_its_sweep_and_what_was_found()
    {
        var arrived = (UnreadablePlanException)RoundTrip<Exception>(
            new UnreadablePlanException(new("a-01234567"), "its format is 2, and this version reads 1"));

        Assert.Equal((new SweepId("a-01234567"), "its format is 2, and this version reads 1", false),
            (arrived.Sweep, arrived.Found, arrived.IsTransient));
        Assert.StartsWith("the plan of sweep a-01234567 cannot be read", arrived.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_serialised_type_has_an_alias_of_its_own()
    {
        var types = typeof(JobId).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)).ToArray();
        var aliases = types.Select(type =>
            type.GetCustomAttributes(typeof(AliasAttribute), inherit: false).Cast<AliasAttribute>().SingleOrDefault()?.Alias).ToArray();

        Assert.True(types.Length > 20);
        Assert.All(aliases, Assert.NotNull);
        Assert.Equal(aliases.Length, aliases.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789ABCDEF")]
    [InlineData("0123")]
    public void Text_of_another_form_is_no_job_id(string text) => Assert.Throws<ArgumentException>(() => new JobId(text));

    [Theory]
    [InlineData("")]
    [InlineData("L2Norm")]
    [InlineData("-x")]
    [InlineData("x ")]
    [InlineData("../x")]
    public void Text_of_another_form_names_no_scorer(string text) => Assert.Throws<ArgumentException>(() => new Scorer(text));

    [Theory]
    [InlineData("")]
    [InlineData("tiny")]
    [InlineData("Tiny-01234567")]
    [InlineData("../x-01234567")]
    public void Text_of_another_form_is_no_sweep_id(string text) => Assert.Throws<ArgumentException>(() => new SweepId(text));

    private static T RoundTrip<T>(T value) => Serializer.Deserialize<T>(Serializer.SerializeToArray(value))!;
}
