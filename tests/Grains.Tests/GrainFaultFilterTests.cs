using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Grains.Faults;
using AdaptCluster.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace AdaptCluster.Grains.Tests;

/// <summary>What a grain throws arrives at a caller in another process, whatever it was.</summary>
public sealed class GrainFaultFilterTests
{
    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider()
        .GetRequiredService<Serializer>();

    /// <summary>Errors as they come up in a grain, and whether the caller may try again.</summary>
    private static StoreDatabase Store { get; } = StoreDatabase.Postgres("Host=db", "a test");

    public static TheoryData<string, bool> Faults => new([.. Errors().Select(error => (error.Name, error.Passes))]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_error_arrives_as_one_of_ours_with_its_words_and_says_whether_it_passes(string name, bool passes)
    {
        var error = Errors().Single(error => error.Name == name).Error;
        var filter = new GrainFaultFilter(
            new StoreFaults(TimeProvider.System, NullLogger<StoreFaults>.Instance, Store), NullLogger<GrainFaultFilter>.Instance);

        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => filter.Invoke(new FailingCall(error)));
        var arrived = Serializer.Deserialize<Exception>(Serializer.SerializeToArray(thrown))!;

        Assert.Equal(thrown.GetType(), arrived.GetType());
        Assert.Null(arrived.InnerException);
        Assert.True(arrived is AdaptClusterException or TimeoutException or OrleansException, $"{arrived.GetType()}");
        Assert.Equal(passes, arrived is AdaptClusterException { IsTransient: true } or TimeoutException or OrleansException);
        Assert.Equal(error is InvalidInputException, arrived is InvalidInputException);
        Assert.DoesNotContain("secret", arrived.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_error_arrives_with_its_code_and_since_when_the_store_fails()
    {
        var time = new FakeTimeProvider();
        var faults = new StoreFaults(time, NullLogger<StoreFaults>.Instance, Store);
        var filter = new GrainFaultFilter(faults, NullLogger<GrainFaultFilter>.Instance);

        var thrown = await Assert.ThrowsAsync<StoreException>(
            () => filter.Invoke(new FailingCall(Postgres(PostgresErrorCodes.ReadOnlySqlTransaction))));

        var arrived = (StoreException)Serializer.Deserialize<Exception>(Serializer.SerializeToArray<Exception>(thrown))!;
        Assert.Equal((PostgresErrorCodes.ReadOnlySqlTransaction, true), (arrived.SqlState, arrived.IsTransient));
        Assert.StartsWith("the store's database is read-only since 20", arrived.Message, StringComparison.Ordinal);
        Assert.NotNull(faults.Outage);
        faults.Answered();
        Assert.True(faults.Outage is not null, "it answers to reads, and still takes no writes");
        time.Advance(TimeSpan.FromMinutes(1));
        faults.Answered();
        Assert.Null(faults.Outage);
    }

    [Fact]
    public async Task A_process_that_asks_once_does_not_say_since_when_the_store_fails()
    {
        var faults = new StoreFaults(TimeProvider.System, NullLogger<StoreFaults>.Instance, Store, watches: false);
        var thrown = await Assert.ThrowsAsync<StoreException>(
            () => new GrainFaultFilter(faults, NullLogger<GrainFaultFilter>.Instance).Invoke(new FailingCall(Postgres("57P03"))));

        Assert.DoesNotContain("since", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_of_writes_ends_with_the_first_write()
    {
        var faults = new StoreFaults(TimeProvider.System, NullLogger<StoreFaults>.Instance, Store);
        await Assert.ThrowsAsync<StoreException>(() =>
            new GrainFaultFilter(faults, NullLogger<GrainFaultFilter>.Instance)
                .Invoke(new FailingCall(Postgres(PostgresErrorCodes.ReadOnlySqlTransaction))));

        faults.Answered();
        Assert.NotNull(faults.Outage);
        faults.Wrote();
        faults.Answered();
        Assert.Null(faults.Outage);
    }

    [Fact]
    public async Task An_outage_of_everything_ends_with_the_first_answer()
    {
        var faults = new StoreFaults(TimeProvider.System, NullLogger<StoreFaults>.Instance, Store);
        await Assert.ThrowsAsync<StoreException>(() =>
            new GrainFaultFilter(faults, NullLogger<GrainFaultFilter>.Instance).Invoke(new FailingCall(Postgres("57P03"))));

        Assert.NotNull(faults.Outage);
        faults.Answered();
        Assert.Null(faults.Outage);
    }

    private static IEnumerable<(string Name, Exception Error, bool Passes)> Errors()
    {
        yield return ("refused connection", new NpgsqlException("Failed to connect", new System.Net.Sockets.SocketException(111)), true);
        foreach (var (state, passes) in ((string, bool)[])[("08006", true), ("25006", true), ("40001", true), ("53300", true),
            ("55P03", true), ("57P01", true), ("42P01", true), ("22021", false), ("23505", false)])
            yield return (state, Postgres(state), passes);
        yield return ("wrapped", new InvalidOperationException(
            "retried", new Microsoft.EntityFrameworkCore.DbUpdateException("failed", Postgres("57P03"))), true);
        yield return ("many", new AggregateException(new IOException("x"), Postgres("53300")), true);
        yield return ("full disk", new SqliteException("full", SQLitePCL.raw.SQLITE_FULL), true);
        yield return ("constraint", new SqliteException("not null", SQLitePCL.raw.SQLITE_CONSTRAINT), false);
        yield return ("bug", new KeyNotFoundException("of nothing"), true);
        yield return ("bad input", new InvalidInputException("spec.json: $: no.", new FormatException("bad", new KeyNotFoundException())),
            false);
        yield return ("ours", new AdaptClusterException("no", new ForeignException()), false);
        yield return ("busy", new BusyException("64 plans are in progress"), false);
        yield return ("ours that passes", new PassingException(new ForeignException()), true);
        yield return ("time-out", new TimeoutException("late", new ForeignException()), true);
        yield return ("cancelled", new OperationCanceledException("stop", new ForeignException()), true);
    }

    private static PostgresException Postgres(string state) => new("no", "ERROR", "ERROR", state, detail: "secret row");

    private sealed class PassingException(Exception inner) : AdaptClusterException("away", inner)
    {
        public override bool IsTransient => true;
    }

    /// <summary>An exception of a library that the caller does not have.</summary>
    private sealed class ForeignException() : Exception("foreign");

    /// <summary>A call whose grain throws.</summary>
    private sealed class FailingCall(Exception error) : IIncomingGrainCallContext
    {
        public Task Invoke() => Task.FromException(error);
        public string InterfaceName => "ISweepGrain";
        public string MethodName => "Report";
        public object Grain => throw new NotSupportedException();
        public IInvokable Request => throw new NotSupportedException();
        public MethodInfo InterfaceMethod => throw new NotSupportedException();
        public MethodInfo ImplementationMethod => throw new NotSupportedException();
        public GrainId? SourceId => throw new NotSupportedException();
        public GrainId TargetId => throw new NotSupportedException();
        public GrainInterfaceType InterfaceType => throw new NotSupportedException();
        public object? Result { get => null; set => throw new NotSupportedException(); }
        public Response? Response { get => null; set => throw new NotSupportedException(); }
        public IGrainContext TargetContext => throw new NotSupportedException();
    }
}
