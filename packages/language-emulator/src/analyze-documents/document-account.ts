import { BlobServiceClient } from "@azure/storage-blob";

/** Where a blob, or a folder, is. */
interface Place {
  container: string;
  path: string;
}

/** The storage account that the Language resource's identity may read and write; nothing else is in its reach. */
export class DocumentAccount {
  readonly #service: BlobServiceClient;

  /** @param account a connection string, or a client that has one */
  constructor(account: string | BlobServiceClient) {
    this.#service = typeof account === "string" ? BlobServiceClient.fromConnectionString(account) : account;
  }

  /** The content of the blob at an address; undefined where there is none, or it is in another account. */
  async read(address: string): Promise<Buffer | undefined> {
    const place = this.#place(address);
    if (place === undefined) return undefined;
    const blob = this.#service.getContainerClient(place.container).getBlobClient(place.path);
    return (await blob.exists()) ? await blob.downloadToBuffer() : undefined;
  }

  /** True for an address of a container of this account, or of a folder in one, that is there. */
  async isFolder(address: string): Promise<boolean> {
    const place = this.#place(address);
    return place !== undefined && (await this.#service.getContainerClient(place.container).exists());
  }

  /** Writes a blob into a folder and says its address. */
  async write(folder: string, name: string, content: Buffer): Promise<string> {
    const place = this.#place(folder);
    if (place === undefined) throw new Error(`${folder} is not in the account`);
    const path = [place.path, name].filter((part) => part !== "").join("/");
    const blob = this.#service.getContainerClient(place.container).getBlockBlobClient(path);
    await blob.uploadData(content);
    return blob.url;
  }

  #place(address: string): Place | undefined {
    const account = `${this.#service.url.replace(/\/$/, "")}/`;
    if (!address.startsWith(account)) return undefined;
    const [container = "", ...path] = address
      .slice(account.length)
      .replace(/\/$/, "")
      .split("/")
      .map(decodeURIComponent);
    return { container, path: path.join("/") };
  }
}
