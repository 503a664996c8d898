using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Kubernetes;

/// <summary>The pod that a silo runs in, and the Kubernetes API server through which the silo annotates that pod.</summary>
/// <param name="Server">The API server.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Account">The folder in which Kubernetes mounts the service account's token and the API server's root certificate.</param>
[Setting(CostKey, "`false`",
    "whether a GPU silo sets the deletion cost of its own pod (`controller.kubernetes.io/pod-deletion-cost`), so that Kubernetes "
    + "removes idle silos first when it scales in; needs a service account that can patch pods "
    + "([operations.md](operations.md#scaling-and-spot-nodes))")]
public sealed record PodSettings(Uri Server, string Namespace, string Name, string Account)
{
    private const string CostKey = "Kubernetes:PodDeletionCost", AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Reads the settings; returns null if the feature is off.</summary>
    /// <exception cref="InvalidInputException">The feature is on, but an environment variable for the pod or the API server is
    /// missing.</exception>
    internal static PodSettings? From(SettingsReader reader)
    {
        if (reader.Flag(CostKey) is not true) return null;
        string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value
            : throw new InvalidInputException(
                $"{SettingsReader.Name(CostKey)}: {name} is not set, so the silo cannot annotate its own pod; set it through the "
                + "downward API, or turn this setting off.");
        return new PodSettings(
            new UriBuilder("https", Variable("KUBERNETES_SERVICE_HOST"),
                int.TryParse(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"), out var port) ? port : 443).Uri,
            Variable("POD_NAMESPACE"), Variable("POD_NAME"), AccountFolder);
    }
}
