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

    [Fact]
    public void A_job_definition_arrives_equal() => Assert.Equal(Job, RoundTrip(Job));

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
        var arrived = RoundTrip(new JobAssignment(4, new("0123456789abcdef"), Job, 7, [1, 2, 3], "b", "d"));

        Assert.Equal((new JobId("0123456789abcdef"), 7), (arrived.Id, arrived.Attempt));
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
    [InlineData("tiny")]
    [InlineData("Tiny-01234567")]
    [InlineData("../x-01234567")]
    public void Text_of_another_form_is_no_sweep_id(string text) => Assert.Throws<ArgumentException>(() => new SweepId(text));

    private static T RoundTrip<T>(T value) => Serializer.Deserialize<T>(Serializer.SerializeToArray(value))!;
}
