using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Connection;

/// <summary>Waits for plans, which take minutes for large sweeps.</summary>
internal static class LongPlan
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(10);

    /// <summary>Waits for a plan, and says so when that takes long enough to be noticed.</summary>
    /// <param name="plan">The call that plans.</param>
    /// <param name="what">What is planned.</param>
    /// <param name="error">Where it is said.</param>
    /// <param name="time">The clock.</param>
    public static async Task<T> WaitAsync<T>(Task<T> plan, string what, TextWriter error, TimeProvider time)
    {
        await using var sign = MovingSign.Start(error, $"planning {what}");
        if (await Task.WhenAny(plan, Task.Delay(Noticed, time)) != plan)
            await sign.SayAsync($"waiting until {what} is planned, which takes minutes for a large sweep.");
        return await plan;
    }
}
