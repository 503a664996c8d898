using System.IO.Pipelines;
using System.Net;
using AdaptCluster.Silo.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Silo.Tests.Http;

/// <summary>The limits of a listener by themselves, on a clock of the test's own.</summary>
public sealed class ConnectionBoundsTests
{
    private static readonly ConnectionLimits OneEach = new(Total: 2, PerAddress: 1, FirstByte: TimeSpan.FromSeconds(10));
    private readonly FakeTimeProvider _time = new();
    private readonly ConnectionBounds _bounds;
    private int _served;

    public ConnectionBoundsTests() => _bounds = new ConnectionBounds("main", OneEach, _time, NullLogger<ConnectionBounds>.Instance);

    [Fact]
    public async Task A_connection_that_stays_silent_is_cut_and_makes_room_for_another_of_its_address()
    {
        using var silent = new FakeConnection("10.0.0.1");
        using var refused = new FakeConnection("10.0.0.1");
        using var next = new FakeConnection("10.0.0.1");
        var running = Run(silent);
        await Run(refused);

        _time.Advance(OneEach.FirstByte);
        await running;
        await next.SayAsync("G");
        await Run(next);

        Assert.Equal((true, true, false, 1), (silent.Aborted, refused.Aborted, next.Aborted, _served));
    }

    [Fact]
    public async Task All_addresses_together_have_a_limit_too()
    {
        using var first = new FakeConnection("10.0.0.1");
        using var second = new FakeConnection("10.0.0.2");
        using var third = new FakeConnection("10.0.0.3");
        Task[] open = [Run(first), Run(second)];

        await Run(third);

        Assert.Equal((false, false, true), (first.Aborted, second.Aborted, third.Aborted));
        _time.Advance(OneEach.FirstByte);
        await Task.WhenAll(open);
    }

    [Fact]
    public async Task A_silent_connection_does_not_hold_up_the_end_of_the_server()
    {
        using var silent = new FakeConnection("10.0.0.1");
        var running = Run(silent);

        await silent.Closing.CancelAsync();
        await running;

        Assert.Equal((true, 0), (silent.Aborted, _served));
    }

    [Fact]
    public async Task What_is_served_keeps_its_first_byte()
    {
        using var connection = new FakeConnection("10.0.0.1");
        await connection.SayAsync("GET /");

        await _bounds.Before(async context =>
        {
            var read = await context.Transport.Input.ReadAsync();
            Assert.Equal("GET /", System.Text.Encoding.ASCII.GetString(read.Buffer.FirstSpan));
            _served++;
        })(connection.Context);

        Assert.Equal(1, _served);
    }

    [Theory]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    public async Task Addresses_that_one_machine_can_choose_among_count_as_one(string first, string second, bool one)
    {
        using var open = new FakeConnection(first);
        using var other = new FakeConnection(second);
        var running = Run(open);
        var answered = Run(other);

        Assert.Equal(one, other.Aborted);
        await open.Closing.CancelAsync();
        await other.Closing.CancelAsync();
        await Task.WhenAll(running, answered);
    }

    private Task Run(FakeConnection connection) => _bounds.Before(_ =>
    {
        _served++;
        return Task.CompletedTask;
    })(connection.Context);

    private sealed class FakeConnection : IDisposable, IDuplexPipe, IConnectionLifetimeNotificationFeature
    {
        private readonly Pipe _said = new(), _heard = new();

        public FakeConnection(string remote)
        {
            Context = new Cuttable(this) { Transport = this, RemoteEndPoint = new IPEndPoint(IPAddress.Parse(remote), 4000) };
            Context.Features.Set<IConnectionLifetimeNotificationFeature>(this);
        }

        public ConnectionContext Context { get; }

        public bool Aborted { get; private set; }

        /// <summary>The server's wish that the connection ends.</summary>
        public CancellationTokenSource Closing { get; } = new();

        public PipeReader Input => _said.Reader;

        public PipeWriter Output => _heard.Writer;

        public CancellationToken ConnectionClosedRequested { get => Closing.Token; set => throw new NotSupportedException(); }

        public void RequestClose() => Closing.Cancel();

        public async Task SayAsync(string text) =>
            await _said.Writer.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

        public void Dispose() => Closing.Dispose();

        private sealed class Cuttable(FakeConnection owner) : DefaultConnectionContext
        {
            public override void Abort(ConnectionAbortedException abortReason) => owner.Aborted = true;
        }
    }
}
