using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Submit;

/// <summary>The texts of the form that depend on a plan.</summary>
internal static class SubmitText
{
    /// <summary>The maximum number of arms that a text names.</summary>
    private const int MostArms = 8;

    /// <summary>Returns the text of the button that submits a plan, such as "Submit 54 jobs, 27 from the cache".</summary>
    /// <param name="jobs">The number of jobs, including those with a cached result.</param>
    /// <param name="cached">The number of jobs that reuse a cached result.</param>
    public static string Button(int jobs, int cached) => $"Submit {CountText.Of(jobs, "job")}" + (cached == 0 ? ""
        : cached < jobs ? $", {CellText.Number(cached, "N0")} from the cache" : jobs == 1 ? ", from the cache" : ", all from the cache");

    /// <summary>Returns the names of arms, the first few if there are many.</summary>
    public static string Arms(string[] arms) => arms.Length <= MostArms ? string.Join(", ", arms)
        : $"{string.Join(", ", arms.Take(MostArms))} and {CountText.Of(arms.Length - MostArms, "other arm")}";
}
