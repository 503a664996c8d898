using System.Text.Json;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Contracts.Tests;

/// <summary>Leases, packs, positions and attempts are told apart by the compiler alone: people and programs read the plain value.</summary>
public sealed class BareValueTests
{
    private static readonly LeaseId Lease = LeaseId.Parse("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void A_value_is_printed_as_what_it_holds() => Assert.Equal("00112233-4455-6677-8899-aabbccddeeff 12 -300 7",
        $"{Lease} {new PackNumber(12)} {new JobPosition(-300)} {new AttemptNumber(7)}");

    [Fact]
    public void A_value_is_written_to_JSON_as_what_it_holds_and_read_again()
    {
        var values = (Lease, new PackNumber(12), new JobPosition(300), new AttemptNumber(7));
        var options = new JsonSerializerOptions { IncludeFields = true };

        var json = JsonSerializer.Serialize(values, options);

        Assert.Equal("""{"Item1":"00112233-4455-6677-8899-aabbccddeeff","Item2":12,"Item3":300,"Item4":7}""", json);
        Assert.Equal(values, JsonSerializer.Deserialize<(LeaseId, PackNumber, JobPosition, AttemptNumber)>(json, options));
    }

    [Fact]
    public void Packs_and_positions_are_in_the_order_of_their_numbers()
    {
        Assert.Equal([new(2), new(10)], new[] { new PackNumber(10), new PackNumber(2) }.Order());
        Assert.Equal([new(2), new(10)], new[] { new JobPosition(10), new JobPosition(2) }.Order());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Every_attempt_after_the_first_is_a_repeat(int number, bool repeats)
    {
        var attempt = new AttemptNumber(number);

        Assert.Equal((repeats, new AttemptNumber(number + 1)), (attempt.IsRepeat, attempt.Next));
    }

    [Fact]
    public void No_two_new_leases_are_the_same() => Assert.NotEqual(LeaseId.New(), LeaseId.New());
}
