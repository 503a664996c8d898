namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Classifies the states of a sweep. The table of state transitions is in docs/developers/architecture.md.</summary>
public static class SweepStates
{
    extension(SweepState state)
    {
        /// <summary>
        /// Whether the sweep can still change without user action: jobs are waiting or training, or workers have not stopped yet.
        /// </summary>
        public bool IsOpen => state is SweepState.Running or SweepState.Paused or SweepState.Cancelling;

        /// <summary>Whether a queue holds the sweep's packs, even if the sweep is paused.</summary>
        public bool IsQueued => state is SweepState.Running or SweepState.Paused;

        /// <summary>Whether all jobs of the sweep have ended, successfully or not.</summary>
        public bool HasEnded => state is SweepState.Completed or SweepState.Failed or SweepState.Cancelled;
    }
}
