using AdaptCluster.Contracts;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Serialises planning on a silo: one spec is planned at a time, and users take turns. Planning a large spec occupies a core and much
/// memory for minutes, so a few concurrent plans would starve the rest of the silo.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class PlanningQueue(TimeProvider time)
{
    /// <summary>The maximum number of plans and submissions in progress for one user.</summary>
    public const int MostOfOneUser = 4;

    /// <summary>The maximum number of plans and submissions in progress for all users together.</summary>
    public const int Most = 64;

    /// <summary>The maximum wait for a turn. The call times out after ten minutes, and planning itself takes some of that time.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The user name for clients that do not send one.</summary>
    private const string Nameless = "unknown";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _places = [];
    private readonly LinkedList<(string User, TaskCompletionSource Turn)> _waiting = [];
    private int _total;
    private bool _busy;
    private string _last = "";

    /// <summary>Reserves a place for a plan or a submission. The caller disposes the place to release it.</summary>
    /// <param name="user">The user's name; null if the client does not send one.</param>
    /// <exception cref="BusyException">Too many plans and submissions are in progress, for this user or in total.</exception>
    public Place Enter(string? user)
    {
        var name = user ?? Nameless;
        lock (_lock)
        {
            var own = _places.GetValueOrDefault(name);
            if (own >= MostOfOneUser)
                throw new BusyException(
                    $"{own} plans or submissions by '{name}' are in progress on this silo, which is the maximum for one user; wait until "
                    + "one ends, and then run the same command again.");
            if (_total >= Most)
                throw new BusyException(
                    $"{_total} plans or submissions are in progress on this silo, which is the maximum; run the same command again in "
                    + "a few minutes.");
            (_places[name], _total) = (own + 1, _total + 1);
        }
        return new Place(this, name);
    }

    private void Leave(string user)
    {
        lock (_lock)
        {
            _total--;
            if (--_places[user] == 0) _places.Remove(user);
        }
    }

    private async Task TakeTurnAsync(string user)
    {
        LinkedListNode<(string User, TaskCompletionSource Turn)> mine;
        lock (_lock)
        {
            if (!_busy)
            {
                (_busy, _last) = (true, user);
                return;
            }
            mine = _waiting.AddLast((user, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }
        try
        {
            await mine.Value.Turn.Task.WaitAsync(LongestWait, time);
        }
        catch (TimeoutException)
        {
            lock (_lock)
            {
                // The turn may have arrived at the last moment.
                if (mine.Value.Turn.Task.IsCompleted) return;
                _waiting.Remove(mine);
            }
            throw new BusyException(
                $"planning for other users took more than {LongestWait.TotalMinutes} minutes on this silo; run the same command "
                + "again later.");
        }
    }

    /// <summary>Passes the turn to the first waiting user who did not have the last turn, or else to the first waiting user.</summary>
    private void PassTurn()
    {
        lock (_lock)
        {
            var next = _waiting.First;
            for (var node = next; node is not null; node = node.Next)
            {
                if (node.Value.User == _last) continue;
                next = node;
                break;
            }
            if (next is null)
            {
                _busy = false;
                return;
            }
            _last = next.Value.User;
            _waiting.Remove(next);
            next.Value.Turn.SetResult();
        }
    }

    /// <summary>The place of a plan or submission in progress.</summary>
    internal sealed class Place(PlanningQueue queue, string user) : IDisposable
    {
        /// <summary>Waits for this user's turn, and then runs CPU-bound work off the grain scheduler.</summary>
        /// <exception cref="BusyException">The user's turn did not come within <see cref="LongestWait"/>.</exception>
        public async Task<T> InTurnAsync<T>(Func<T> work)
        {
            await queue.TakeTurnAsync(user);
            try
            {
                return await Task.Run(work);
            }
            finally
            {
                queue.PassTurn();
            }
        }

        public void Dispose() => queue.Leave(user);
    }
}
