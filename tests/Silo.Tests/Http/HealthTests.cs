using System.Net;
using System.Text.Json.Nodes;
using AdaptCluster.Silo.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AdaptCluster.Silo.Tests.Http;

public sealed class HealthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly HttpSettings AnyPort = new() { Port = 0 };

    [Fact]
    public async Task A_silo_that_works_is_alive_and_ready_and_one_whose_store_is_damaged_is_alive_and_says_so()
    {
        await using var silo = await HttpSilo.StartAsync(AnyPort);

        var ready = await WaitAsync(silo, HttpStatusCode.OK);
        Assert.Equal("healthy", (string?)ready["status"]);
        Assert.Equal(["drain", "membership", "store", "workers"], ready["checks"]!.AsObject().Select(check => check.Key).Order());

        await using (var connection = new SqliteConnection($"Data Source={silo.StoreFile}"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new SqliteCommand("DROP TABLE migrations", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var damaged = await WaitAsync(silo, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("unhealthy", (string?)damaged["checks"]!["store"]!["status"]);
        Assert.Equal("the store cannot be used; see the silo's log for the reason", (string?)damaged["checks"]!["store"]!["reason"]);
        Assert.Equal("healthy", (string?)damaged["checks"]!["membership"]!["status"]);
        using var live = await silo.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal("application/json", live.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_silo_that_drains_is_alive_and_not_ready_until_it_has_left()
    {
        var holding = new HoldsTheEnd();
        await using var silo = await HttpSilo.StartAsync(AnyPort, services => services.AddSingleton<IHostedService>(holding));
        await WaitAsync(silo, HttpStatusCode.OK);

        var stopping = silo.StopAsync();
        await holding.Stopping.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var draining = await WaitAsync(silo, HttpStatusCode.ServiceUnavailable);
        using var live = await silo.GetAsync("/health/live");
        holding.Release.SetResult();
        await stopping;

        Assert.Equal("this silo is shutting down and handing back its jobs", (string?)draining["checks"]!["drain"]!["reason"]);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => silo.GetAsync("/health/live"));
    }

    [Fact]
    public async Task A_silo_that_still_joins_is_alive_and_not_ready()
    {
        var holding = new HoldsTheStart();
        var starting = HttpSilo.StartAsync(AnyPort with { Port = HoldsTheStart.Port }, services =>
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(holding)));
        await holding.Starting.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{HoldsTheStart.Port}") };
        using var live = await client.GetAsync("/health/live", TestContext.Current.CancellationToken);
        using var ready = await client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        var said = JsonNode.Parse(await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        holding.Release.SetResult();
        await (await starting).DisposeAsync();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (live.StatusCode, ready.StatusCode));
        Assert.Equal("unhealthy", (string?)said["checks"]!["membership"]!["status"]);
        Assert.Contains("1 of 1 workers", (string?)said["checks"]!["workers"]!["reason"], StringComparison.Ordinal);
    }

    private static async Task<JsonNode> WaitAsync(HttpSilo silo, HttpStatusCode expected)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; await Task.Delay(
            TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken))
        {
            using var answer = await silo.GetAsync("/health/ready");
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.StatusCode == expected) return JsonNode.Parse(body)!;
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"/health/ready does not become {expected}: {answer.StatusCode} {body}");
        }
    }

    /// <summary>Ends before everything else, and only when it is let.</summary>
    private sealed class HoldsTheEnd : IHostedService
    {
        public TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Stopping.SetResult();
            return Release.Task;
        }
    }

    /// <summary>Starts after the web server and before the silo, and only when it is let.</summary>
    private sealed class HoldsTheStart : IHostedService
    {
        public static int Port { get; } = FreePort.Find();

        public TaskCompletionSource Starting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Starting.SetResult();
            return Release.Task;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
