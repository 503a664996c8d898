namespace AdaptCluster.Cluster.Tests;

/// <summary>What two real silos send of a sweep to a collector.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Every_job_is_in_the_trace_of_its_submission_with_its_lease_and_its_epochs()
    {
        var spans = await measured.SpansAsync();
        var byId = spans.ToDictionary(span => span.Id);
        TraceCollector.Span[] Named(string name) => [.. spans.Where(span => span.Name == name)];

        Assert.Equal([measured.First, measured.Wider],
            Named("submit").Select(span => span.Texts["adaptcluster.sweep"]).OrderBy(sweep => sweep != measured.First));
        var jobs = Named("job");
        Assert.Equal(await measured.Cluster.CountAsync("SELECT count(*) FROM attempts"), jobs.Length);
        foreach (var job in jobs)
        {
            var lease = byId[job.Parent];
            Assert.Equal("lease", lease.Name);
            var submission = Root(lease, byId);
            Assert.Equal(("submit", job.Trace), (submission.Name, submission.Trace));
            Assert.Equal(lease.Texts["adaptcluster.sweep"], submission.Texts["adaptcluster.sweep"]);
            Assert.Equal("completed", job.Texts["adaptcluster.outcome"]);
            var (sweep, id) = (submission.Texts["adaptcluster.sweep"], job.Texts["adaptcluster.job"]);
            Assert.Equal(await measured.Cluster.CountAsync(
                "SELECT count(*) FROM epochs e JOIN jobs j ON j.sweep_id = e.sweep_id AND j.position = e.position WHERE j.sweep_id = "
                + $"'{sweep}' AND j.job_id = '{id}'"),
                Named("epoch").Count(epoch => epoch.Parent == job.Id));
        }
        // Workers that ask for work, and whatever else belongs to no submission, are in no trace.
        Assert.All(spans.Where(span => span.Parent.Length == 0), root => Assert.Equal("submit", root.Name));
        Assert.True(measured.CollectorHeaders);
    }

    private static TraceCollector.Span Root(TraceCollector.Span span, Dictionary<string, TraceCollector.Span> byId)
    {
        while (span.Parent.Length > 0) span = byId[span.Parent];
        return span;
    }
}
