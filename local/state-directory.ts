// Where everything that the local stage leaves on disk lives: one directory to look into and to delete.
import { fileURLToPath } from "node:url";

export const projectDirectory = fileURLToPath(new URL("..", import.meta.url));
export const stateDirectory = fileURLToPath(new URL("../.warren", import.meta.url));
