using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Connection;

/// <summary>Waits for plans, which can take minutes for large sweeps.</summary>
internal static class LongPlan
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(10);

    /// <summary>Waits for a plan, and prints a message if it takes longer than ten seconds.</summary>
    /// <param name="plan">The call that plans.</param>
    /// <param name="what">The name of the spec or sweep, for the message.</param>
    /// <param name="error">The writer that receives the message.</param>
    /// <param name="time">The clock.</param>
    public static async Task<T> WaitAsync<T>(Task<T> plan, string what, TextWriter error, TimeProvider time)
    {
        await using var spinner = Spinner.Start(error, $"planning {what}");
        if (await Task.WhenAny(plan, Task.Delay(Noticed, time)) != plan)
            await spinner.WriteLineAsync($"planning {what}; this can take minutes for a large sweep.");
        return await plan;
    }
}
