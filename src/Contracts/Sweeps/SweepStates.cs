namespace AdaptCluster.Contracts.Sweeps;

/// <summary>What a sweep's state means for its callers. The table of transitions is in docs/developers/architecture.md.</summary>
public static class SweepStates
{
    extension(SweepState state)
    {
        /// <summary>Whether it can still change without anyone acting: jobs wait or train, or workers have not stopped yet.</summary>
        public bool IsOpen => state is SweepState.Running or SweepState.Paused or SweepState.Cancelling;

        /// <summary>Whether a queue has its packs, leased or held back.</summary>
        public bool IsQueued => state is SweepState.Running or SweepState.Paused;

        /// <summary>Whether all its jobs have ended, successfully or not.</summary>
        public bool HasEnded => state is SweepState.Completed or SweepState.Failed or SweepState.Cancelled;
    }
}
