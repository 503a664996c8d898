using AdaptCluster.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Web.Shell;

/// <summary>
/// A page that refreshes its content every second while it is open, and less often after its subject, such as a sweep, has ended. While the
/// cluster cannot be reached, the page keeps showing the last content.
/// </summary>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    /// <summary>
    /// The number of ticks between reads after the subject has ended. Reads continue because someone may run the sweep again.
    /// </summary>
    private const int Rest = 10;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _left = new();
    private bool _reading, _again;

    [Inject] private IHttpContextAccessor Contexts { get; set; } = null!;

    [Inject] private LiveState State { get; set; } = null!;

    [Inject] private ILogger<LivePage> Log { get; set; } = null!;

    /// <summary>The error message if the page's subject does not exist; null if the subject exists.</summary>
    protected string? Missing { get; private set; }

    /// <summary>The error message from the last read; null if the read succeeded.</summary>
    protected string? Lost { get; private set; }

    /// <summary>Reads the page's content.</summary>
    /// <exception cref="InvalidInputException">The page's subject does not exist.</exception>
    protected abstract Task ReadAsync();

    /// <summary>Whether the content may change soon.</summary>
    protected virtual bool Changes => true;

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => TryReadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = FollowAsync(_left.Token);
    }

    /// <summary>
    /// Reads the content immediately, after an action. A read that is already running is repeated, because it may have started before the
    /// action.
    /// </summary>
    protected async Task TryReadAsync()
    {
        _again = true;
        if (_reading) return;
        _reading = true;
        try
        {
            while (_again)
            {
                _again = false;
                await ReadOnceAsync();
            }
        }
        finally
        {
            _reading = false;
        }
    }

    private async Task ReadOnceAsync()
    {
        try
        {
            await ReadAsync();
            (Missing, Lost) = (null, null);
        }
        catch (InvalidInputException e)
        {
            Missing = e.Message;
            AnswerNotFound(Contexts.HttpContext);
        }
        catch (Exception e) when (IsLoss(e))
        {
            Lost = e is AdaptClusterException ? e.Message : "The cluster is not responding; this page retries every second.";
        }
        // Otherwise the page would stop updating without a message.
        catch (Exception e) when (e is not NavigationException)
        {
            LogFault(Log, e, GetType().Name);
            Lost = $"This page stopped updating because of an error ({e.GetType().Name}); see the silo's log for details.";
        }
        State.Record(this, Lost);
    }

    /// <summary>Whether an error means that the cluster or its store is currently unreachable.</summary>
    internal static bool IsLoss(Exception e) =>
        e is AdaptClusterException or OrleansException or TimeoutException or OrleansMessageRejectionException;

    /// <summary>
    /// Responds with 404 for a missing subject, if the response has not started. The status is set only when the response starts; if it
    /// were set earlier, the renderer would treat the page as missing and omit the content.
    /// </summary>
    internal static void AnswerNotFound(HttpContext? context)
    {
        if (context is not { Response.HasStarted: false }) return;
        context.Response.OnStarting(() =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private async Task FollowAsync(CancellationToken left)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            for (var ticks = 1; await timer.WaitForNextTickAsync(left); ticks++)
            {
                if (Changes || Lost is not null || ticks % Rest == 0) await InvokeAsync(async () =>
                {
                    await TryReadAsync();
                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page has been closed.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
        State.Record(this, lost: null);
        GC.SuppressFinalize(this);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Page {Page} could not read its content; it shows an error and retries every second")]
    private static partial void LogFault(ILogger log, Exception exception, string page);
}
