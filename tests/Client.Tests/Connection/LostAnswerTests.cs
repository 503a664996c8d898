using System.CommandLine;
using System.Net;
using AdaptCluster.Client.Connection;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Tests.Workers;
using AdaptCluster.Sweeps.Evidence;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace AdaptCluster.Client.Tests.Connection;

/// <summary>
/// A silo that leaves takes answers with it. Orleans' client would wait for that of a submission for ten minutes, and for what a silo hosts
/// until a join is given up after one.
/// </summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private const string Spec =
        """{"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private ScriptedSilo _silo = null!;
    private LoopbackProxy _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        var listening = new IPEndPoint(IPAddress.Loopback, FreePort.Find());
        _gateway = new LoopbackProxy(listening.Port);
        // The silo must know the port that clients use: they send it with what they ask of the gateway itself.
        _silo = await ScriptedSilo.StartAsync(_ => { }, settings => settings with { Workers = 0, LocalGatewayPort = _gateway.Port },
            services => services.Configure<EndpointOptions>(o => o.GatewayListeningEndpoint = listening));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task A_call_whose_answer_is_lost_ends_with_the_connection_and_no_other_silo_gets_the_next_one()
    {
        await using var joined = await GatewayClient.JoinLocalAsync(_gateway.Port, Ended);
        var front = joined.Client.GetGrain<IFrontGrain>(0);

        var answer = await LoseAnswerAsync(front);

        await Assert.ThrowsAsync<ConnectionLostException>(() => answer.WaitAsync(Limit, Ended));
        await Assert.ThrowsAsync<ConnectionLostException>(() => front.ListPageAsync(0, 1).WaitAsync(Limit, Ended));
    }

    [Fact]
    public async Task A_submission_whose_answer_is_lost_is_made_again_by_whoever_holds_the_home_next()
    {
        var (error, tries) = (new StringWriter(), 0);
        var connector = new Connector(new NextHolders(_gateway.Port), error);

        var code = await connector.TrainAsync(cluster: null, async connection =>
        {
            if (++tries == 1) await await LoseAnswerAsync(connection.Front);
            return (await SubmitAsync(connection.Front)).Value.Length > 0 ? 0 : 1;
        }, Ended).WaitAsync(2 * Limit, Ended);

        Assert.Equal((0, 2), (code, tries));
        Assert.Equal("the process that ran the sweep has ended; resuming the sweep here.", error.ToString().Trim());
    }

    [Fact]
    public async Task A_silo_that_leaves_while_it_is_joined_is_given_up_at_once()
    {
        _gateway.Mode = ProxyMode.OnlyGreet;
        var joining = GatewayClient.JoinLocalAsync(_gateway.Port, Ended);
        await _gateway.Swallowed.WaitAsync(Limit, Ended);

        _gateway.Mode = ProxyMode.Open;

        await Assert.ThrowsAsync<ConnectionLostException>(() => joining.WaitAsync(Limit, Ended));
    }

    [Fact]
    public async Task Who_interrupts_a_command_waits_for_no_answer()
    {
        using var user = new CancellationTokenSource();
        await using var joined = await GatewayClient.JoinLocalAsync(_gateway.Port, user.Token);
        _gateway.Mode = ProxyMode.SwallowAnswers;
        var answer = SubmitAsync(joined.Client.GetGrain<IFrontGrain>(0));
        await _gateway.Swallowed.WaitAsync(Limit, Ended);

        await user.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(Limit, Ended));
    }

    /// <summary>Submits, and cuts the connection when the silo has answered and before the client hears of it.</summary>
    private async Task<Task<SweepId>> LoseAnswerAsync(IFrontGrain front)
    {
        _gateway.Mode = ProxyMode.SwallowAnswers;
        var answer = SubmitAsync(front);
        await _gateway.Swallowed.WaitAsync(Limit, Ended);
        _gateway.Mode = ProxyMode.Open;
        return answer;
    }

    private static Task<SweepId> SubmitAsync(IFrontGrain front) => front.SubmitAsync(Spec, "spec.json", new SubmitOptions());

    /// <summary>Each connection is to another holder of the home.</summary>
    private sealed class NextHolders(int port) : IEmbeddedMode
    {
        private int _holders;

        public IReadOnlyList<Command> Commands => throw new NotSupportedException();

        public bool HasStore => throw new NotSupportedException();

        public string NoSweep => throw new NotSupportedException();

        public int Workers => throw new NotSupportedException();

        public async Task<SweepConnection> OpenAsync(ConnectionUse use, Func<string, Task> say, CancellationToken cancellation) =>
            SweepConnection.OfHolder(
                await GatewayClient.JoinLocalAsync(port, cancellation), new JoinedProcess(++_holders, () => false));

        public Task<(Uri Address, IAsyncDisposable Page)> ServePageAsync(IClusterClient client, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<(int Sweeps, int Jobs, long Bytes)> BackupAsync(string file, bool replace, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<string[]> SweepIdsAsync(string prefix) => throw new NotSupportedException();

        public Task<string[]> JobIdsAsync(string sweepPrefix, string prefix) => throw new NotSupportedException();

        public void CheckSpec(string spec, string source) => throw new NotSupportedException();

        public Task<PlanPreview> PlanAsync(string spec, string source) => throw new NotSupportedException();

        public (IReadOnlyList<string>? Names, string Reason) ImageNames(JobDefinition job, EvaluatedSplit split, string manifest) =>
            throw new NotSupportedException();

        public (ExportTokens? Tokens, string Reason) Tokens(
            string backbone, string fingerprint, string template, IReadOnlyList<string> classNames) => throw new NotSupportedException();

        public void WriteOnnx(IReadOnlyList<OnnxRequest> wishes) => throw new NotSupportedException();

        public Dictionary<string, string> Examine() => throw new NotSupportedException();

        public Task<StoreStatus> AskStoreAsync(string connectionString) => throw new NotSupportedException();

        public StoreException? StoreFault(Exception error) => null;
    }
}
