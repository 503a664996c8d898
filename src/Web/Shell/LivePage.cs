using AdaptCluster.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Web.Shell;

/// <summary>
/// A page whose content is read again every second while somebody looks, and now and then once it has ended. What was read last stays while
/// the cluster cannot be reached.
/// </summary>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    /// <summary>Readings that an ended page leaves out: whoever runs it again somewhere else is not waited for.</summary>
    private const int Rest = 10;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _left = new();
    private bool _reading, _again;

    [Inject] private IHttpContextAccessor Contexts { get; set; } = null!;

    [Inject] private LiveState State { get; set; } = null!;

    [Inject] private ILogger<LivePage> Log { get; set; } = null!;

    /// <summary>What the page is about is not there: the reason; null where it is.</summary>
    protected string? Missing { get; private set; }

    /// <summary>Why the last reading failed; null where it did not.</summary>
    protected string? Lost { get; private set; }

    /// <summary>Reads what the page shows.</summary>
    /// <exception cref="InvalidInputException">What it is about is not there.</exception>
    protected abstract Task ReadAsync();

    /// <summary>Whether it is worth reading again soon.</summary>
    protected virtual bool Changes => true;

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => TryReadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = FollowAsync(_left.Token);
    }

    /// <summary>
    /// Reads at once, after an action. Whoever asks during a reading has it repeated, since that one may have begun before.
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
            Lost = e is AdaptClusterException ? e.Message : "The cluster does not answer; this page tries again every second.";
        }
        // Else the page would stand still without a word.
        catch (Exception e) when (e is not NavigationException)
        {
            LogFault(Log, e, GetType().Name);
            Lost = $"This page has a fault ({e.GetType().Name}); the silo's log has more.";
        }
        State.Note(Lost);
    }

    /// <summary>Whether an error means that the cluster or its store cannot be reached just now.</summary>
    internal static bool IsLoss(Exception e) =>
        e is AdaptClusterException or OrleansException or TimeoutException or OrleansMessageRejectionException;

    /// <summary>
    /// Answers that what a page is about is not there, while it can still be said. Not before the page is rendered: whoever renders it
    /// takes the status for a page that is not there at all, and leaves it out.
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
            // Nobody looks any more.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
        GC.SuppressFinalize(this);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The page {Page} cannot be shown")]
    private static partial void LogFault(ILogger log, Exception exception, string page);
}
