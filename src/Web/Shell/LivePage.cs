using AdaptCluster.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web.Shell;

/// <summary>A page whose content is read again every second while somebody looks. What was read last stays while the cluster cannot be reached.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _left = new();
    private bool _reading;

    [Inject] private IHttpContextAccessor Contexts { get; set; } = null!;

    /// <summary>What the page is about is not there: the reason; null where it is.</summary>
    protected string? Missing { get; private set; }

    /// <summary>Why the last reading failed; null where it did not.</summary>
    protected string? Lost { get; private set; }

    /// <summary>Reads what the page shows.</summary>
    /// <exception cref="InvalidInputException">What it is about is not there.</exception>
    protected abstract Task ReadAsync();

    /// <summary>Whether it is worth reading again.</summary>
    protected virtual bool Changes => true;

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => TryReadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = FollowAsync();
    }

    /// <summary>Reads at once, after an action.</summary>
    protected async Task TryReadAsync()
    {
        if (_reading) return;
        _reading = true;
        try
        {
            await ReadAsync();
            (Missing, Lost) = (null, null);
        }
        catch (InvalidInputException e)
        {
            Missing = e.Message;
            if (Contexts.HttpContext is { Response.HasStarted: false } context) context.Response.OnStarting(NotFound, context.Response);
        }
        catch (Exception e) when (IsLoss(e))
        {
            Lost = e is AdaptClusterException ? e.Message : "The cluster does not answer; this page tries again every second.";
        }
        finally
        {
            _reading = false;
        }
    }

    /// <summary>Whether an error means that the cluster or its store cannot be reached just now.</summary>
    internal static bool IsLoss(Exception e) => e is AdaptClusterException or OrleansException or TimeoutException or OrleansMessageRejectionException;

    /// <summary>Not before the page is rendered: whoever renders it takes the status for a page that is not there at all, and leaves it out.</summary>
    private static Task NotFound(object response)
    {
        ((HttpResponse)response).StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(_left.Token))
            {
                if (Changes || Lost is not null) await InvokeAsync(async () =>
                {
                    await TryReadAsync();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
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
}
